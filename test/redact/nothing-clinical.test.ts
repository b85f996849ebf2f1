/** What the built-in profile lets out of messages, resources and records that have something in every place they have. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { createRedactor, dictionaryOf, KEPT_COPIES, type RedactedRecord } from '../../engine/index.ts';
import { nothingClinical } from '../../engine/redact/nothing-clinical.ts';
import { ELEMENTS } from '../../engine/fhir/generated/elements.ts';

const MARKER = 'Zmarkerly';
const redactor = createRedactor(nothingClinical, Buffer.alloc(32, 1));
const hides = (text: string): void => assert.equal(/marker/i.test(text), false, 'the marker is in it');

describe('the redaction profile nothing-clinical', () => {
  it('lets nothing through of an HL7 message with a value in every field of every segment', () => {
    const dictionary = dictionaryOf('2.7.1');
    const names = dictionary.segmentNames().filter((name) => !/^(?:MSH|BHS|FHS)$/.test(name));
    assert.ok(names.length > 150);
    const value = `${MARKER}^${MARKER}&${MARKER}^^^${MARKER}~${MARKER}`;
    const segments = names.map((name) => [name, ...Array.from({ length: 80 }, () => value)].join('|'));
    const head = ['MSH', '^~\\&', ...Array.from({ length: 25 }, () => value)].join('|');
    const redacted = redactor.body([head, ...segments, `ZPI|${MARKER}`, `${MARKER}|x`, MARKER].join('\r'));
    hides(redacted);
    assert.deepEqual(
      redacted.split('\r').map((line) => line.slice(0, 3)),
      ['MSH', ...names, '???', '???', '???'],
    );
  });

  it('lets through what says how a message was sent, and whether there was a value', () => {
    const text =
      'MSH|^~\\&|LAB|GH|WF||20260105080000+0100||ORU^R01^ORU_R01|42|P|2.5.1\rPID|1||4711^^^GH^MR||Doe^Jo~Roe||19700101|F|""\r' +
      'OBX|1|NM|2823-3^Potassium^LN||6.4|mmol/L|||||F';
    const [head = '', pid, obx] = redactor.body(text).split('\r');
    assert.match(
      head,
      /^MSH\|\^~\\&\|#\w{12}\|#\w{12}\|#\w{12}\|\|20260105080000\+0100\|\|ORU\^R01\^ORU_R01\|#\w{12}\|P\|2\.5\.1$/,
    );
    assert.equal(pid, 'PID|1||***||***||***|***|""');
    assert.equal(obx, 'OBX|1|NM|***||***|***|||||F');
  });

  it('masks whole what cannot be read as segments', () => {
    for (const text of [
      MARKER,
      `MSHa${MARKER}`,
      `MSH|||${MARKER}`,
      `MSH|^^~\\&|${MARKER}`,
      `{"a": ${MARKER}`,
      `\0MSH|${MARKER}`,
    ])
      hides(redactor.body(text));
    assert.equal(redactor.body('PID|1||4711'), '***');
    assert.equal(redactor.body(''), '');
  });

  it('lets nothing through of a resource of each type, also by names of elements, deep inside and in other resources', () => {
    const types = ELEMENTS.trim()
      .split('\n')
      .map((line) => line.split('~')[0] ?? '');
    assert.ok(types.length > 140);
    const names = Object.keys(nothingClinical.fhir).flatMap((place) => place.split('.').slice(1));
    for (const type of [...types, MARKER]) {
      let value: unknown = MARKER;
      for (let depth = 0; depth < 4; depth++)
        value = Object.fromEntries(
          [...names, MARKER, `_${MARKER}`, 'valueQuantity'].map((name) => [name, [MARKER, 6.4, value]]).slice(depth),
        );
      const resource = { ...(value as object), resourceType: type };
      const inside = { resourceType: 'Bundle', type: MARKER, entry: [{ fullUrl: MARKER, resource }] };
      hides(JSON.stringify([redactor.fhir(resource), redactor.fhir(inside)]));
    }
    assert.equal(
      JSON.stringify(redactor.fhir({ resourceType: 'Observation', valueQuantity: { value: 6.4 } })).includes('6.4'),
      false,
    );
    hides(JSON.stringify([redactor.fhir([MARKER]), redactor.fhir(MARKER)]));
  });

  it('bears resources that are deeper than any stack', () => {
    let resource: object = { resourceType: 'Patient', id: MARKER };
    for (let i = 0; i < 5000; i++) resource = { resourceType: 'Bundle', entry: [{ resource }] };
    hides(JSON.stringify(redactor.fhir(resource)));
  });

  for (const kind of ['message', 'problem', 'audit', 'log', 'status'] as const)
    it(`lets nothing of others through in records of the kind ${kind}`, () => {
      const rules = nothingClinical.records[kind] ?? {};
      // Only sentences of ours are kept as they are.
      const kept = Object.keys(rules).filter((place) => rules[place] === 'keep');
      const record = filled(Object.keys(rules).filter((place) => !kept.includes(place)));
      hides(JSON.stringify(redactor.record(kind, record)));
      assert.deepEqual(kept, OURS[kind]);
    });

  it('keeps what a record says of how Wardflow ran', () => {
    const failure = {
      class: 'permanent',
      code: 'fhir-not-found',
      text: MARKER,
      node: { id: 'n1', type: 'fhir read', name: MARKER },
    };
    const work = [{ id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', state: 'dead', attempt: 3, failure }];
    assert.deepEqual(redactor.record('message', { work, decisions: [{ inputs: { value: 6.4 }, table: 'queue' }] }), {
      work: [
        {
          id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
          state: 'dead',
          attempt: 3,
          failure: {
            class: 'permanent',
            code: 'fhir-not-found',
            node: { id: 'n1', type: 'fhir read', '…': '1 masked' },
            '…': '1 masked',
          },
        },
      ],
      decisions: [{ table: 'queue', '…': '1 masked' }],
    });
  });

  it('tells equal values of one export, and of no other', () => {
    const at = (one: ReturnType<typeof createRedactor>, id: string): unknown =>
      (one.fhir({ resourceType: 'Patient', id }) as { id?: unknown }).id;
    const [first, second] = [createRedactor(nothingClinical), createRedactor(nothingClinical)];
    assert.equal(at(first, 'a'), at(first, 'a'));
    assert.notEqual(at(first, 'a'), at(first, 'b'));
    assert.notEqual(at(first, 'a'), at(second, 'a'));
  });

  it('stands in the guide, with every copy that is kept', () => {
    const guide = readFileSync(new URL('../../docs/guide/minimisation.md', import.meta.url), 'utf8');
    assert.ok(guide.includes(nothingClinical.name));
    for (const { what } of KEPT_COPIES) assert.ok(guide.includes(`| ${what} `), what);
  });
});

/** Texts of ours, and names that nobody outside gives. */
const OURS: Readonly<Record<RedactedRecord, readonly string[]>> = {
  message: [
    'work.failure.node.type',
    'work.attempts.failure.node.type',
    'work.attempts.steps.node.type',
    'effects.failure.node.type',
  ],
  problem: [],
  audit: [],
  log: ['text', 'error', 'setting'],
  status: ['version', 'durability'],
};

/** A record with the marker at each place, beside each place, and as the name of one. */
function filled(places: readonly string[]): Record<string, unknown> {
  const record: Record<string, unknown> = { [MARKER]: MARKER, inputs: { [MARKER]: [MARKER] } };
  for (const place of places) {
    const names = place.split('.');
    const last = names.pop() ?? '';
    let at = record;
    for (const name of names) at = (at[name] ??= { [MARKER]: MARKER, text: MARKER }) as Record<string, unknown>;
    at[last] ??= [MARKER, { [MARKER]: MARKER }, `${MARKER} ${MARKER}`];
  }
  return record;
}
