/**
 * HL7 v2 to FHIR: conversions for each second of results with 1, 20 and 200 observations and of an admission, by the shipped
 * mappings, from the parsed message to the bundle with its lineage and report. One process, the best of several rounds.
 *
 *     npm run bench convert
 */
import { resolve } from 'node:path';
import { Hl7Message, loadDefinitions } from '../engine/index.ts';

export interface ConvertRow {
  readonly message: string;
  readonly resources: number;
  readonly values: number;
  readonly perSecond: number;
  readonly mapping: string;
}

const ROUNDS = 5;
const ROUND_MS = 400;

const header = (type: string): string =>
  `MSH|^~\\&|LAB|NORTH|WARDFLOW|NORTH|20260105081500+0000||${type}|BENCH-1|P|2.5.1`;
const PID = 'PID|1||4711^^^NORTH^MR||Example^Alex^^^^^L||19700101|U|||1 Street^^Town^^12345^^H||555-0100^PRN^PH';
const PV1 = 'PV1|1|I|4W^12^A^NORTH||||0012^Example^Ward^^^Dr|||MED|||||||||V4711^^^NORTH^VN';

function results(count: number): string {
  const lines = [
    header('ORU^R01^ORU_R01'),
    PID,
    PV1,
    'ORC|RE|P1|F1',
    'OBR|1|P1|F1|24323-8^Comprehensive metabolic panel^LN|||20260105081500+0000',
  ];
  for (let i = 1; i <= count; i++)
    lines.push(`OBX|${i}|NM|2823-3^Potassium^LN|${i}|4.${i % 10}|mmol/L^^UCUM|3.5-5.1|N|||F|||20260105081500+0000`);
  return `${lines.join('\r')}\r`;
}

const admission = [
  header('ADT^A01^ADT_A01'),
  'EVN||20260105081500',
  PID,
  PV1,
  'AL1|1|DA|1191^ASPIRIN^RXNORM|SV|HIVES',
  '',
].join('\r');

export async function run(): Promise<readonly ConvertRow[]> {
  const definitions = await loadDefinitions(resolve(import.meta.dirname, '../flows'));
  const converter = definitions.byName('_shared')?.converter;
  if (!converter) throw new Error('the shipped mappings are missing');
  const context = { receivedAt: Date.UTC(2026, 0, 5), zone: null };
  const messages = [
    ['ADT^A01', admission],
    ...[1, 20, 200].map((count) => [`ORU^R01, ${count} OBX`, results(count)] as const),
  ] as const;
  return messages.map(([name, text]) => {
    let best = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const began = process.cpuUsage();
      let [done, spent] = [0, 0];
      while (spent < ROUND_MS) {
        converter.convert(Hl7Message.parse(text), context);
        done++;
        const { user, system } = process.cpuUsage(began);
        spent = (user + system) / 1000;
      }
      best = Math.max(best, (done / spent) * 1000);
    }
    const { bundle, lineage, mapping } = converter.convert(Hl7Message.parse(text), context);
    return {
      message: name,
      resources: (bundle['entry'] as readonly unknown[]).length,
      values: lineage.length,
      perSecond: Math.round(best),
      mapping: mapping?.name ?? 'minimal',
    };
  });
}
