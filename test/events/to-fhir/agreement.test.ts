import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { Hl7Message, splitBatch } from '../../../engine/index.ts';
import { agreementOf } from '../../../scripts/v2fhir/agreement.ts';
import { requireShared } from '../../kit/requires.ts';
import { at, entriesOf, shippedConverter } from './kit.ts';

const MESSAGE = [
  'MSH|^~\\&|LAB|NORTH|||20260105080000||ORU^R01|M1|P|2.5.1',
  'PID|1||4711^^^NORTH^MR||Doe^Jane||19700203|F',
  'OBR|1|P1|F1|24323-8^Panel^LN|||20260105070000||||||||||||||||||F',
  'OBX|1|NM|2823-3^Potassium^LN||6.90|mmol/L||HH|||F',
  '',
].join('\r');

describe('agreement with other converters', () => {
  const theirs = (value: object): unknown => ({
    entry: [
      {
        resource: {
          resourceType: 'Patient',
          identifier: [{ value: '4711' }, { value: 'made-up' }],
          birthDate: '1970-02-03',
        },
      },
      { resource: { resourceType: 'Observation', code: { coding: [{ code: '2823-3' }] }, status: 'final', ...value } },
    ],
  });
  const compared = async (value: object): Promise<ReturnType<typeof agreementOf>> => {
    const conversion = (await shippedConverter()).convert(Hl7Message.parse(MESSAGE), at('UTC'));
    return agreementOf(MESSAGE, theirs(value), conversion.bundle);
  };

  it('is counted fact by fact, numbers by their value', async () => {
    const { agreed, missing, excluded } = await compared({ valueQuantity: { value: 6.9, unit: 'mmol/L' } });
    assert.deepEqual(missing, []);
    assert.equal(agreed.length, 6);
    assert.deepEqual(
      excluded.map(({ fact, reason }) => `${fact.kind} ${fact.value}: ${reason}`),
      ['patient identifier made-up: the message does not say it'],
    );
  });

  it('is not there where a value or a unit differs', async () => {
    const { missing } = await compared({ valueQuantity: { value: 6.9, unit: 'mmol/L' }, status: 'preliminary' });
    assert.deepEqual(
      missing.map(({ kind, value }) => `${kind} ${value}`),
      ['observation status preliminary'],
    );
  });

  it('is not there where the status is one that they have no word for, nor where a time of ours says less', async () => {
    const message = MESSAGE.replace('HH|||F', 'HH|||R');
    const ours = (birthDate: string): unknown => ({
      entry: [
        { resource: { resourceType: 'Patient', birthDate } },
        { resource: { resourceType: 'Observation', code: { coding: [{ code: '2823-3' }] }, status: 'preliminary' } },
      ],
    });
    const missing = (birthDate: string): readonly string[] =>
      agreementOf(message, theirs({ status: 'unknown' }), ours(birthDate)).missing.map(({ kind }) => kind);
    assert.deepEqual(missing('1970-02-03'), ['patient identifier', 'observation status']);
    assert.deepEqual(missing('1970'), ['patient identifier', 'birth date', 'observation status']);
  });

  it('compares what belongs together and was taken apart, and the numbers of who pays for themselves', () => {
    const of = (segments: readonly string[], resource: object): ReturnType<typeof agreementOf> =>
      agreementOf(segments.join('\r'), { entry: [{ resource }] }, { entry: [] });
    const said = ({ missing, excluded }: ReturnType<typeof agreementOf>): readonly string[] => [
      ...missing.map(({ value }) => `missing ${value}`),
      ...excluded.map(({ fact }) => `excluded ${fact.value}`),
    ];
    const order = { resourceType: 'ServiceRequest', identifier: [{ value: 'P1&NS' }] };
    assert.deepEqual(said(of(['ORC|NW|P1&NS'], order)), ['missing P1']);
    assert.deepEqual(said(of(['ORC|NW|P1\\T\\NS'], order)), ['missing P1&NS'], 'the sign itself');
    const patient = { resourceType: 'Patient', identifier: [{ value: '123-45' }] };
    const guarantor = (name: string, relation: string): readonly string[] => [
      'PID|1||4711||Doe^Jane',
      `GT1|1||${name}||||||||${relation}|123-45`,
    ];
    assert.deepEqual(said(of(guarantor('Doe^Jane', 'SEL'), patient)), ['missing 123-45']);
    assert.deepEqual(said(of(guarantor('Roe^Lucy', 'SEL'), patient)), ['excluded 123-45']);
    assert.deepEqual(said(of(guarantor('Doe^Jane', 'SPO'), patient)), ['excluded 123-45']);
  });

  it('is at least 95 of 100 facts of each message type over all the pairs', async function () {
    this.timeout(120_000);
    const folder = requireShared(this, 'data/v2fhir');
    const converter = await shippedConverter();
    const byType = new Map<string, { agreed: number; all: number }>();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.expected.json'))) {
      const text = readFileSync(join(folder, file.replace('.expected.json', '.hl7')), 'utf8');
      const messages = /^[FB]HS/.test(text) ? splitBatch(text) : [text];
      const entry = messages.flatMap((one) => entriesOf(converter.convert(Hl7Message.parse(one), at('UTC'))));
      const found = agreementOf(text, JSON.parse(readFileSync(join(folder, file), 'utf8')), { entry });
      const type = Hl7Message.parse(messages[0] ?? '').type ?? '';
      const of = byType.get(type) ?? { agreed: 0, all: 0 };
      of.agreed += found.agreed.length;
      of.all += found.agreed.length + found.missing.length;
      byType.set(type, of);
    }
    const all = [...byType.values()].reduce((sum, one) => sum + one.all, 0);
    assert.ok(all > 3_000, `only ${all} facts were compared`);
    assert.deepEqual(
      [...byType].filter(([, of]) => of.agreed < of.all * 0.95),
      [],
    );
  });
});
