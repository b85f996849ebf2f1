/** A message of our own for each event that HL7 v2 can state; synthetic. In this order, so that updates have something to differ from. */

const msh = (type: string): string => `MSH|^~\\&|APP|NORTH|WF|SOUTH|20260105081500||${type}|C-${type}|P|2.5.1`;
const EVN = 'EVN||20260105081500||||20260105080000';
const PID = 'PID|1||4711^^^NORTH^MR||Example^Alex||19400101|U|||Street 1';
const PV1 = 'PV1|1|I|4W^12^A||||1^Doctor^Dana|||MED|||||||||V77|||||||||||||||||||||||||20260105080000|20260105081000';
const PV1_MOVED = PV1.replace('4W^12^A', '5E^1^B').replace('Dana', 'Dora').replace('|I|', '|O|');
const ORC = 'ORC|NW|P1^A|F1^B||IP|||||20260105081500';
const OBR = 'OBR|1|P1^A|F1^B|24323-8^Panel^LN|||20260105081500|||||||||||||||20260105081500|||F';
const SCH = 'SCH|P5|F5|||||CHECKUP^Check-up^L|ROUTINE^Routine^L|||^^^20260110090000^20260110093000||||||||||||||Booked';
const obx = (status: string, flag = ''): string =>
  `OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L|3.5-5.1|${flag}|||${status}|||20260105080000`;
const adt = (trigger: string, ...more: string[]): string[] => [msh(`ADT^${trigger}`), EVN, PID, PV1, ...more];
const oru = (status: string, flag = ''): string[] => [msh('ORU^R01'), PID, PV1, 'ORC|RE|P1|F1', OBR, obx(status, flag)];
const order = (control: string): string[] => [msh('ORM^O01'), PID, PV1, ORC.replace('NW', control), OBR];
const siu = (trigger: string): string[] => [msh(`SIU^${trigger}`), SCH, PID, PV1, 'AIS|1||X^Y^L|20260110090000'];
const mdm = (trigger: string): string[] => [
  msh(`MDM^${trigger}`),
  EVN,
  PID,
  PV1,
  'TXA|1|DS^Discharge summary^L|TX|20260105||20260105080000||||||D1^A||D0|||AU',
];
const ref = (trigger: string): string[] => [
  msh(`REF^${trigger}`),
  'RF1|A^Accepted|R^Routine|MED^Medical|WR|O|R1^A|20260105|20260205|20260105|WLS^Advice|E1^B',
  PID,
];
const RXA = 'RXA|0|1|20260105080000|20260105080500|08^Hep B^CVX|0.5|mL^^UCUM||||||||LOT1|||||CP|A';

export const SAMPLES: readonly (readonly [what: string, message: readonly string[]])[] = [
  ['a person', [msh('ADT^A28'), EVN, PID]],
  ['an admission', adt('A01')],
  ['an admission of somebody else', adt('A01').map((line) => line.replace('4711', '4712'))],
  ['a transfer', adt('A02')],
  ['an outpatient', adt('A04').map((line) => line.replace('|I|', '|O|'))],
  ['an expected stay', adt('A05')],
  ['another class', adt('A06')],
  [
    'an update',
    [
      msh('ADT^A08'),
      EVN.replaceAll('0815', '0915'),
      `${PID.replace('Street 1', 'Street 2')}||||||||||||||||||20260105090000|Y`,
      PV1_MOVED,
      'DG1|1||I10^Hypertension^I10',
    ],
  ],
  ['a discharge', adt('A03', 'DG1|1||I10^Hypertension^I10')],
  ['a planned discharge', adt('A16', 'PV2|||||||||20260106')],
  ['no planned discharge', adt('A25')],
  ['no admission', adt('A11')],
  ['no transfer', adt('A12')],
  ['no discharge', adt('A13')],
  ['a merge', [msh('ADT^A40'), EVN, PID, 'MRG|4710^^^NORTH^MR||||||Example^A']],
  ['an identifier', [msh('ADT^A47'), EVN, PID, 'MRG|4709^^^NORTH^MR']],
  ['a new order', order('NW')],
  ['a changed order', order('XO')],
  ['a cancelled order', order('CA')],
  ['a laboratory order', [msh('OML^O21'), PID, PV1, ORC, 'TQ1|1||||||||R', OBR]],
  ['a preliminary result', oru('P')],
  ['a final, critical result', oru('F', 'HH')],
  ['a corrected result', oru('C')],
  ['a result without status', oru('').map((line) => line.replace(/\|F$/, '|'))],
  ['an appointment', siu('S12')],
  ['another time', siu('S13')],
  ['another appointment', siu('S14')],
  ['no appointment', siu('S15')],
  ['a missed appointment', siu('S26')],
  ['a referral', ref('I12')],
  ['a changed referral', ref('I13')],
  ['no referral', ref('I14')],
  ['a document', mdm('T02')],
  ['an addendum', mdm('T06')],
  ['no document', mdm('T11')],
  ['a medication order', [msh('RDE^O11'), PID, PV1, ORC, 'RXE||1049502^Oxycodone^RXNORM|10||mg^^UCUM|TAB']],
  ['a medication given', [msh('RAS^O17'), PID, PV1, ORC, RXA]],
  ['a vaccination', [msh('VXU^V04'), PID, 'ORC|RE|P9|F9', RXA]],
  ['no vaccination', [msh('VXU^V04'), PID, 'ORC|RE|P9|F9', RXA.replace(/A$/, 'D')]],
  ['a charge', [msh('DFT^P03'), EVN, PID, PV1, 'FT1|1|T1||20260105|20260105|CG|99213^Visit^C4|||1']],
  ['anything else', [msh('QRY^A19'), PID]],
];
