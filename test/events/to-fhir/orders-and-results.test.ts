import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Conversion, FhirResource } from '../../../engine/index.ts';
import { assertSound, convert, entriesOf, oneOf, resourcesOf, segment, unmappedOf } from './kit.ts';

const MSH = (type: string): string => `MSH|^~\\&|LAB|NORTH|EHR|NORTH|20260105080000+0100||${type}|M1|P|2.5.1`;
const PID = 'PID|1||4711^^^NORTH^MR||Doe^Jane||19700203|F';
const urlOf = (conversion: Conversion, resource: FhirResource): string =>
  entriesOf(conversion).find((entry) => entry.resource === resource)?.fullUrl ?? '';
const at = (resource: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], resource);

describe('results in FHIR', () => {
  const report = [
    MSH('ORU^R01^ORU_R01'),
    PID,
    'PV1|1|I|4W^12^A^NORTH||||||||||||||||V100^^^NORTH',
    'ORC|RE|P1^EHR|F1^LAB|G1^EHR',
    'OBR|1|P1^EHR|F1^LAB|24323-8^Metabolic panel^LN|||20260105070000+0100|||||||||12^Weiss^Anna||||||20260105075900+0100|||F',
    'OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L|3.5-5.1|HH|||F|||20260105071500+0100',
    'NTE|1||Not haemolysed',
    'OBX|2|TX|8251-1^Comment^LN||First line~Second line||||||C',
    'SPM|1|S1&EHR^S2&LAB||119297000^Blood^SCT|||||||||||||20260105070000+0100',
  ];

  it('are a report of an order with its observations and specimen, all of one patient and visit', async () => {
    const conversion = await convert(report);
    const [patient, visit, order, specimen] = ['Patient', 'Encounter', 'ServiceRequest', 'Specimen'].map((type) =>
      urlOf(conversion, oneOf(conversion, type)),
    );
    const made = oneOf(conversion, 'DiagnosticReport');
    const observations = resourcesOf(conversion, 'Observation');
    assert.equal(observations.length, 2);
    assert.deepEqual(
      [
        at(made, 'status'),
        at(made, 'subject.reference'),
        at(made, 'encounter.reference'),
        at(made, 'basedOn.0.reference'),
      ],
      ['final', patient, visit, order],
    );
    assert.deepEqual(
      (made['result'] as { reference: string }[]).map(({ reference }) => reference),
      observations.map((one) => urlOf(conversion, one)),
    );
    assert.equal(at(made, 'specimen.0.reference'), specimen);
    assert.deepEqual(
      (made['identifier'] as { value: string; type?: { coding: { code: string }[] } }[])
        .map(({ value, type }) => `${type?.coding[0]?.code ?? '-'} ${value}`)
        .slice(0, 2),
      ['PLAC P1', 'FILL F1'],
    );
    assert.equal(at(oneOf(conversion, 'ServiceRequest'), 'requisition.value'), 'G1');
  });

  it('keep value, unit, range, flag, status and note of each', async () => {
    const [potassium, comment] = resourcesOf(await convert(report), 'Observation');
    assert.deepEqual(
      ['valueQuantity.value', 'valueQuantity.unit', 'interpretation.0.coding.0.code', 'status', 'note.0.text'].map(
        (path) => at(potassium, path),
      ),
      [6.9, 'mmol/L', 'HH', 'final', 'Not haemolysed'],
    );
    assert.deepEqual(
      [at(potassium, 'referenceRange.0.low.value'), at(potassium, 'referenceRange.0.high.value')],
      [3.5, 5.1],
    );
    assert.deepEqual([at(comment, 'valueString'), at(comment, 'status')], ['First line\nSecond line', 'corrected']);
  });

  it('say that a status is unknown where the sender says nothing of it, and report one that nobody knows', async () => {
    const conversion = await convert([
      MSH('ORU^R01^ORU_R01'),
      PID,
      'OBR|1|P2|F2|2823-3^Potassium^LN|||||||||||||||||||||Q',
      'OBX|1|NM|2823-3^Potassium^LN||4||||||O',
    ]);
    assert.equal(at(oneOf(conversion, 'DiagnosticReport'), 'status'), 'unknown');
    assert.equal(at(oneOf(conversion, 'Observation'), 'status'), 'unknown');
    assert.deepEqual(
      unmappedOf(conversion).filter((one) => one.startsWith('OBR-2')),
      ['OBR-25[1].1 code-unknown'],
    );
  });
});

describe('a message of several patients and orders in FHIR', () => {
  const pid = (n: number): string => `PID|${n}||${n}00^^^NORTH^MR||Doe${n}^Jane`;
  const visit = (n: number): string => segment('PV1', { 2: 'I', 19: `V${n}^^^NORTH` });

  it('gives nothing of one to the other, whatever the other does not say itself', async () => {
    const conversion = await convert([
      MSH('ORU^R01^ORU_R01'),
      pid(1),
      visit(1),
      'ORC|RE|P1|F1|||||||||12^Weiss^Anna',
      'OBR|1|||1^Sodium^L|||20260105',
      'OBX|1|NM|1^Sodium^L||140||||||F',
      'SPM|1|S1||BLD',
      'OBR|2|||2^Zinc^L|||20260105',
      'OBX|1|NM|2^Zinc^L||7||||||F',
      pid(2),
      'OBR|1|||3^Potassium^L|||20260105',
      'OBX|1|NM|3^Potassium^L||6.9||||||F',
    ]);
    const patients = resourcesOf(conversion, 'Patient').map((one) => urlOf(conversion, one));
    const said = (type: string, path: string): readonly unknown[] =>
      resourcesOf(conversion, type).map((one) => at(one, path));
    assert.deepEqual(said('Observation', 'subject.reference'), [patients[0], patients[0], patients[1]]);
    assert.deepEqual(
      said('Observation', 'encounter').map((one) => one !== undefined),
      [true, true, false],
    );
    assert.deepEqual(
      said('Observation', 'specimen').map((one) => one !== undefined),
      [true, false, false],
    );
    assert.equal(said('ServiceRequest', 'identifier.0.value')[0], 'P1');
    for (const type of ['ServiceRequest', 'DiagnosticReport'])
      for (const one of resourcesOf(conversion, type).slice(1)) {
        assert.ok(!JSON.stringify(one['identifier']).includes('"P1"'), type);
        assert.equal(one['requester'], undefined);
      }
  });

  it('takes patient and visit of an earlier result for those of that result alone', async () => {
    const conversion = await convert([
      MSH('OML^O21^OML_O21'),
      pid(1),
      'ORC|NW|P1',
      'OBR|1|P1||1^Sodium^L',
      pid(9),
      visit(9),
      'ORC|RE|P9',
      'OBR|1|P9||2^Zinc^L',
      'OBX|1|NM|2^Zinc^L||7||||||F',
    ]);
    const [now, then] = resourcesOf(conversion, 'Patient').map((one) => urlOf(conversion, one));
    const [order] = resourcesOf(conversion, 'ServiceRequest');
    assert.deepEqual([at(order, 'subject.reference'), at(order, 'encounter')], [now, undefined]);
    for (const type of ['Encounter', 'Observation'])
      assert.equal(at(oneOf(conversion, type), 'subject.reference'), then, type);
  });

  for (const type of ['ADT^A17', 'ADT^A24', 'ADT^A37', 'ZZZ^Z01'])
    it(`takes each visit of ${type} for that of the patient before it`, async () => {
      const conversion = await convert([MSH(type), pid(1), visit(1), pid(2), 'PD1||||9^Roth^Eva', visit(2)]);
      const patients = resourcesOf(conversion, 'Patient');
      assert.deepEqual(
        resourcesOf(conversion, 'Encounter').map((one) => [
          at(one, 'identifier.0.value'),
          at(one, 'subject.reference'),
        ]),
        patients.map((one, i) => [`V${i + 1}`, urlOf(conversion, one)]),
      );
      assert.equal(patients[0]?.['generalPractitioner'], undefined);
    });
});

describe('orders in FHIR', () => {
  const order = (control: string, status = ''): Promise<Conversion> =>
    convert([
      MSH('OML^O21^OML_O21'),
      PID,
      `ORC|${control}|P1^EHR|||${status}||||20260105075000+0100|||12^Weiss^Anna`,
      'OBR|1|P1^EHR||2823-3^Potassium^LN|S',
      'OBX|1|ST|8339-4^Birth weight^LN||3400||||||O',
    ]);

  it('are active when placed, on hold or revoked when the control code says so, and as their own status before that', async () => {
    for (const [control, status, expected] of [
      ['NW', '', 'active'],
      ['HD', '', 'on-hold'],
      // Asks for a cancellation: who placed it does not want it any more.
      ['CA', '', 'revoked'],
      ['OC', '', 'revoked'],
      ['SC', 'CM', 'completed'],
    ] as const)
      assert.equal(at(oneOf(await order(control, status), 'ServiceRequest'), 'status'), expected, control);
  });

  it('are there by their numbers where nothing else is said of them, as when one is cancelled', async () => {
    const cancelled = await convert([
      MSH('ORM^O01^ORM_O01'),
      PID,
      'ORC|CA|P1^EHR|F1^LAB|||||||||12^Weiss^Anna',
      'ORC|NW|P2^EHR',
      'OBR|1|P2^EHR||2823-3^Potassium^LN',
    ]);
    assertSound(cancelled);
    assert.deepEqual(
      resourcesOf(cancelled, 'ServiceRequest')
        .map((one) => `${String(at(one, 'identifier.0.value'))} ${String(one['status'])}`)
        .toSorted(),
      ['P1 revoked', 'P2 active'],
    );
    const prescription = await convert([MSH('RDE^O11^RDE_O11'), PID, 'ORC|NW|P3^EHR', 'RXE||1^Drug^L|1||MG']);
    assert.deepEqual(resourcesOf(prescription, 'ServiceRequest'), []);
    const charge = [MSH('DFT^P11^DFT_P11'), PID, 'ORC|RE|P4^EHR|F4^LAB||CM', 'FT1|1|||20260105|20260105|CG|1^Scan^L'];
    const done = oneOf(await convert(charge), 'ServiceRequest');
    assert.deepEqual([at(done, 'identifier.1.value'), done['status']], ['F4', 'completed']);
  });

  it('have who asked, when and how soon, and no report of what is not done yet', async () => {
    const conversion = await order('NW');
    const request = oneOf(conversion, 'ServiceRequest');
    assert.deepEqual(
      [at(request, 'intent'), at(request, 'priority'), at(request, 'authoredOn'), at(request, 'code.coding.0.code')],
      ['order', 'stat', '2026-01-05T07:50:00+01:00', '2823-3'],
    );
    assert.equal(at(request, 'requester.reference'), urlOf(conversion, oneOf(conversion, 'Practitioner')));
    assert.equal(resourcesOf(conversion, 'DiagnosticReport').length, 0);
    assert.equal(at(oneOf(conversion, 'Observation'), 'status'), 'unknown', 'an answer given with the order');
  });
});

describe('appointments in FHIR', () => {
  const appointment = (event: string, status = ''): Promise<Conversion> =>
    convert([
      MSH(`SIU^${event}^SIU_S12`),
      `SCH|A1|B1||||MOVED|CHECK|ROUTINE|30|min|^^30^20260301093000+0100^20260301100000+0100||||||||||||||${status}`,
      PID,
      'RGS|1',
      'AIL|1||X1^^^NORTH',
      'AIP|1||12^Weiss^Anna|||||||||Booked',
    ]);

  it('are booked, cancelled, missed or taken back as the event says', async () => {
    for (const [event, status, expected] of [
      ['S12', '', 'booked'],
      ['S13', 'Pending', 'pending'],
      ['S15', 'Booked', 'cancelled'],
      ['S17', '', 'entered-in-error'],
      ['S26', '', 'noshow'],
    ] as const)
      assert.equal(at(oneOf(await appointment(event, status), 'Appointment'), 'status'), expected, event);
  });

  it('have their time, and everybody and everything that takes part', async () => {
    const made = oneOf(await appointment('S12'), 'Appointment');
    assert.deepEqual(
      [at(made, 'start'), at(made, 'end'), at(made, 'minutesDuration')],
      ['2026-03-01T09:30:00+01:00', '2026-03-01T10:00:00+01:00', 30],
    );
    const participants = made['participant'] as { status: string }[];
    assert.deepEqual(
      participants.map(({ status }) => status),
      ['accepted', 'accepted', 'needs-action'],
    );
    assert.equal(at(made, 'cancelationReason'), undefined, 'it is not cancelled');
    assert.notEqual(at(oneOf(await appointment('S15'), 'Appointment'), 'cancelationReason'), undefined);
  });
});

describe('other messages in FHIR', () => {
  it('a referral, and its end', async () => {
    const referral = async (event: string): Promise<FhirResource> =>
      oneOf(
        await convert([
          MSH(`REF^${event}^REF_I12`),
          'RF1|A|S|MED|||R1^EHR|20260110||20260105||R2^GP',
          'PRD|RP|Weiss^Anna',
          PID,
        ]),
        'ServiceRequest',
      );
    const made = await referral('I12');
    assert.deepEqual(
      [at(made, 'status'), at(made, 'priority'), at(made, 'requester.display')],
      ['active', 'stat', 'Anna Weiss'],
    );
    assert.equal(at(await referral('I14'), 'status'), 'revoked');
  });

  it('a document with what it holds, and one that is taken back', async () => {
    const document = async (event: string, more: readonly string[] = []): Promise<FhirResource> =>
      oneOf(
        await convert([
          MSH(`MDM^${event}^MDM_T02`),
          'EVN|T02|20260105',
          PID,
          'PV1|1|O',
          'TXA|1|DS|||||||12^Weiss^Anna|||D1^EHR|||||AU||AV',
          ...more,
        ]),
        'DocumentReference',
      );
    const made = await document('T02', [
      'OBX|1|ED|18842-5^Discharge summary^LN||^application^pdf^Base64^JVBERg==||||||F',
    ]);
    assert.deepEqual(
      [
        at(made, 'status'),
        at(made, 'docStatus'),
        at(made, 'masterIdentifier.value'),
        at(made, 'content.0.attachment.data'),
      ],
      ['current', 'final', 'D1', 'JVBERg=='],
    );
    assert.equal(at(await document('T11'), 'status'), 'entered-in-error');
  });

  it('an immunization that was given, refused or taken back', async () => {
    const given = async (rest: string): Promise<FhirResource> =>
      oneOf(
        await convert([
          MSH('VXU^V04^VXU_V04'),
          PID,
          'ORC|RE||F1^LAB',
          `RXA|0|1|20260105||08^Hep B^CVX|0.5|mL^mL^UCUM||00|||||||LOT7||${rest}`,
          'RXR|IM^^HL70162|LA^^HL70163',
        ]),
        'Immunization',
      );
    const made = await given('||CP|A');
    assert.deepEqual(
      [
        at(made, 'status'),
        at(made, 'vaccineCode.coding.0.code'),
        at(made, 'doseQuantity.value'),
        at(made, 'primarySource'),
      ],
      ['completed', '08', 0.5, true],
    );
    assert.equal(at(await given('|00^Parental decision|RE'), 'status'), 'not-done');
    assert.equal(at(await given('||CP|D'), 'status'), 'entered-in-error');
  });

  it('a charge, and a prescription', async () => {
    const charge = oneOf(
      await convert([MSH('DFT^P03^DFT_P03'), PID, 'FT1|1|T1||20260105||CG|71045^Chest X-ray^C4|||2']),
      'ChargeItem',
    );
    assert.deepEqual(
      [at(charge, 'status'), at(charge, 'quantity.value'), at(charge, 'code.coding.0.code')],
      ['billable', 2, '71045'],
    );
    const prescription = oneOf(
      await convert([
        MSH('RDE^O11^RDE_O11'),
        PID,
        'ORC|DC|P1^EHR',
        'RXE||197361^Amlodipine 5 MG^RXNORM|5||mg|||||30|tab|2',
        'RXR|PO^^HL70162',
      ]),
      'MedicationRequest',
    );
    assert.deepEqual(
      [
        at(prescription, 'status'),
        at(prescription, 'dosageInstruction.0.doseAndRate.0.doseQuantity.value'),
        at(prescription, 'dispenseRequest.numberOfRepeatsAllowed'),
      ],
      ['stopped', 5, 2],
    );
  });
});
