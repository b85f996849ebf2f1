import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'mocha';
import { definitionFromFiles, loadDefinitions, type Conversion, type Hl7Message } from '../../../engine/index.ts';
import {
  assertSound,
  at as context,
  convert,
  defectsOf,
  messageOf,
  oneOf,
  resourcesOf,
  segment,
  unmappedOf,
} from './kit.ts';

const HEAD = (type: string): string => `MSH|^~\\&|ADT|NORTH|WARDFLOW|HOSP|20260105081500+0000||${type}|C1|P|2.5.1`;
const PID = segment('PID', { 3: '4711^^^NORTH^MR', 5: 'EXAMPLE^ALEX', 18: 'ACC1^^^NORTH' });
const PV1 = segment('PV1', { 2: 'I', 3: '4W^12^A', 19: 'V100^^^NORTH^VN' });
const rol = (action: string, code: string, number: string): string =>
  segment('ROL', { 1: '1', 2: action, 3: `${code}^A role^HL70443`, 4: `${number}^OTHER^SAM^^^^^^NPI`, 5: '20260101' });
const admission = (...more: readonly string[]) => convert([HEAD('ADT^A01'), 'EVN||20260105', PID, PV1, ...more]);
const at = (value: unknown, ...names: readonly (string | number)[]): unknown =>
  names.reduce<unknown>((one, name) => (one as Record<string | number, unknown> | undefined)?.[name], value);

describe('people around a visit in FHIR', () => {
  it('are guarantors of an account, once as persons and once as who pays', async () => {
    const guarantors = [
      segment('GT1', {
        1: '1',
        2: 'G1^^^NORTH',
        3: 'PAYER^PAT',
        5: '1 STREET^^TOWN',
        8: '19500101',
        9: 'M',
        11: 'SPO^Spouse^HL70063',
      }),
      segment('GT1', { 1: '2', 3: 'SECOND^PAT' }),
      segment('GT1', { 1: '3', 3: 'EXAMPLE^ALEX', 11: 'SEL^Self^HL70063' }),
    ];
    const conversion = await admission(...guarantors);
    assertSound(conversion);
    const persons = resourcesOf(conversion, 'RelatedPerson');
    assert.deepEqual(
      persons.map((one) => at(one, 'name', 0, 'family')),
      ['PAYER', 'SECOND'],
      'who pays for themselves is the patient',
    );
    assert.equal(at(persons[0], 'relationship', 0, 'coding', 0, 'code'), 'SPS');
    const account = oneOf(conversion, 'Account');
    assert.deepEqual(defectsOf(account), []);
    assert.equal(at(account, 'identifier', 0, 'value'), 'ACC1');
    const patient = at(account, 'subject', 0, 'reference');
    const parties = [0, 1, 2].map((n) => at(account, 'guarantor', n, 'party', 'reference'));
    assert.equal(new Set(parties).size, 3);
    assert.equal(parties[2], patient);
    assert.deepEqual(
      unmappedOf(conversion).filter((one) => one.startsWith('GT1') && !one.startsWith('GT1[3]')),
      [],
    );
  });

  it('have the number that the state gave a guarantor as such, and that of the employer as another', async () => {
    const conversion = await admission(
      segment('GT1', { 1: '1', 3: 'PAYER^PAT', 12: '123456789', 19: 'E7^^^WORKS^EI' }),
    );
    const identifiers = oneOf(conversion, 'RelatedPerson')['identifier'];
    assert.deepEqual(
      [0, 1].map(
        (n) => `${String(at(identifiers, n, 'type', 'coding', 0, 'code'))} ${String(at(identifiers, n, 'value'))}`,
      ),
      ['SS 123456789', 'EI E7'],
    );
  });

  it('take part in the visit by their role, are the own doctor of the patient, or were taken out', async () => {
    const conversion = await admission(rol('AD', 'AD', '456'), rol('DE', 'CP', '457'), rol('AD', 'AT', '458'));
    assertSound(conversion);
    const participants = oneOf(conversion, 'Encounter')['participant'];
    assert.deepEqual(
      [0, 1, 2].map((n) => at(participants, n, 'type', 0, 'coding', 0, 'code')),
      ['AD', 'AT', undefined],
    );
    assert.equal(at(participants, 0, 'period', 'start'), '2026-01-01');
    const own = await admission(rol('AD', 'PP', '456'));
    assert.equal(oneOf(own, 'Encounter')['participant'], undefined);
    assert.match(String(at(oneOf(own, 'Patient'), 'generalPractitioner', 0, 'reference')), /^urn:uuid:/);
  });

  it('take part in it by PRT, as later versions say it', async () => {
    const conversion = await admission(
      segment('PRT', { 1: 'P1', 2: 'AD', 4: 'ATND^Attending^HL70912', 5: '459^OTHER^KIM^^^^^^NPI' }),
    );
    assertSound(conversion);
    assert.equal(at(oneOf(conversion, 'Encounter'), 'participant', 0, 'type', 0, 'coding', 0, 'code'), 'ATND');
  });
});

describe('a visit number that names no authority', () => {
  it('is of the one that the site has named for such, and of none where it has named none', async () => {
    const set = await loadDefinitions(resolve(import.meta.dirname, '../../../flows'));
    const files = { ...set.byName('_shared')?.files };
    const place = 'maps/identifier-systems.json';
    const map = JSON.parse(files[place] ?? '') as { rows: object[] };
    map.rows.push({ from: 'default VN', to: 'https://north.example.org/visits', relation: 'equivalent' });
    const own = definitionFromFiles('_shared', { ...files, [place]: JSON.stringify(map) }).converter;
    const of = (number: string): Hl7Message =>
      messageOf([HEAD('ADT^A01'), 'EVN||20260105', PID, segment('PV1', { 2: 'I', 3: '4W', 19: number })]);
    const system = (conversion: Conversion): unknown => at(oneOf(conversion, 'Encounter'), 'identifier', 0, 'system');
    const plain = own.convert(of('V100'), context());
    assertSound(plain);
    assert.equal(system(plain), 'https://north.example.org/visits');
    assert.equal(system(own.convert(of('V100^^^NORTH'), context())), 'urn:id:NORTH');
    assert.equal(
      system(await convert([HEAD('ADT^A01'), PID, segment('PV1', { 2: 'I', 3: '4W', 19: 'V100' })])),
      undefined,
    );
  });
});

describe('an order that is part of another', () => {
  it('names it by both numbers, from ORC-8 or else from OBR-29', async () => {
    const orders = (orc: string, obr: string) =>
      convert([
        HEAD('OML^O21'),
        PID,
        segment('ORC', { 1: 'NW', 2: 'P1', 8: orc }),
        segment('OBR', { 1: '1', 4: '2823-3^K^LN', 29: obr }),
      ]);
    for (const conversion of [await orders('PA&NS^FA', ''), await orders('', 'PA&NS^FA')]) {
      assertSound(conversion);
      const basedOn = oneOf(conversion, 'ServiceRequest')['basedOn'];
      assert.deepEqual(
        [0, 1, 2].map((n) => at(basedOn, n, 'identifier', 'value')),
        ['PA', 'FA', undefined],
      );
      assert.equal(at(basedOn, 0, 'identifier', 'system'), 'urn:id:NS');
    }
  });
});

describe('two observations that name themselves alike', () => {
  it('are one, with one value: what the first says stands', async () => {
    const conversion = await convert([
      HEAD('ORU^R01'),
      PID,
      'OBR|1|P1|F1|2823-3^K^LN|||20260105',
      'OBX|1|NM|8867-4^Rate^LN||80|/min|||||F||||||||||EI21^OII',
      'OBX|2|CWE|8867-4^Rate^LN||X^Fast^L||||||F||||||||||EI21^OII',
    ]);
    assertSound(conversion);
    const observation = oneOf(conversion, 'Observation');
    assert.deepEqual(defectsOf(observation), []);
    assert.deepEqual(
      Object.keys(observation).filter((name) => name.startsWith('value')),
      ['valueQuantity'],
    );
  });
});
