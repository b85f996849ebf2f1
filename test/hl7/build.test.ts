import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { MessageToBuild } from '../../engine/hl7/build.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { counts } from '../kit/requires.ts';

const basics = { type: 'ADT^A01^ADT_A01', controlId: 'C-1', time: Date.UTC(2026, 0, 5, 8, 15) } as const;
const built = (more: Partial<MessageToBuild> = {}): Hl7Message => Hl7Message.build({ ...basics, ...more });

describe('a message that is built', () => {
  it('has the header that was given, and what a header needs', () => {
    assert.equal(built().toString(), 'MSH|^~\\&|||||20260105081500+0000||ADT^A01^ADT_A01|C-1|P|2.5.1\r');
    const message = built({
      sender: { application: 'WARDFLOW', facility: ['NORTH', '1.2.3', 'ISO'] },
      receiver: { application: 'LAB', facility: 'SOUTH' },
      time: '202601050815-0500',
      processing: 'T',
      version: ['2.4', 'DEU'],
      header: { 15: 'AL', 16: 'NE' },
      charset: '8859/1',
    });
    assert.equal(
      message.toString(),
      'MSH|^~\\&|WARDFLOW|NORTH^1.2.3^ISO|LAB|SOUTH|202601050815-0500||ADT^A01^ADT_A01|C-1|T|2.4^DEU|||AL|NE||8859/1\r',
    );
  });

  it('has its segments with values escaped, by number or in order', () => {
    const message = built({
      segments: [
        {
          name: 'PID',
          fields: { 3: { repeat: [['4711', '', '', ['NORTH', '1.2.3']], '0815'] }, 5: ['A|B', 'C&D'], 7: null },
        },
        { name: 'ZPI', fields: ['one\ntwo', 12.5, undefined, ''] },
        { name: 'PV1', fields: {} },
      ],
    });
    assert.deepEqual(message.toString().split('\r').slice(1), [
      'PID|||4711^^^NORTH&1.2.3~0815||A\\F\\B^C\\T\\D||""',
      'ZPI|one\\.br\\two|12.5||',
      'PV1',
      '',
    ]);
    assert.equal(message.get('PID-5.2'), 'C&D');
  });

  it('is the same whenever it is built, and takes JSON segments', () => {
    const segments = [{ name: 'PID', fields: ['1', '', ['4711', '', '', 'NORTH']] }];
    assert.deepEqual(built({ segments }).toBytes(), built({ segments }).toBytes());
    assert.equal(built({ segments }).get('PID-3.4'), 'NORTH');
  });

  it('names its character set where it is not ASCII, and is written in it', () => {
    assert.equal(built().get('MSH-18'), '');
    const wide = built({ segments: [{ name: 'PID', fields: { 5: 'Žofie' } }] });
    assert.equal(wide.get('MSH-18'), 'UNICODE UTF-8');
    assert.ok(wide.toBytes().includes(Buffer.from('Žofie')));
    const latin = built({ charset: '8859/1', segments: [{ name: 'PID', fields: { 5: 'é' } }] });
    assert.ok(latin.toBytes().includes(Buffer.of(0x7c, 0xe9)));
    assert.throws(() => built({ charset: '8859/1', segments: [{ name: 'PID', fields: { 5: 'Ж' } }] }), {
      code: 'hl7-not-in-charset',
    });
  });

  it('takes other separators', () => {
    const message = built({ delimiters: '#*@!%', segments: [{ name: 'PID', fields: { 5: ['a|b#c', 'd*e'] } }] });
    assert.equal(message.toString().split('\r')[1], 'PID#####a|b!F!c*d!S!e');
    assert.equal(Hl7Message.parse(message.toBytes()).get('PID-5.2'), 'd*e');
    assert.throws(
      () => built({ delimiters: '|^', segments: [{ name: 'PID', fields: { 5: { repeat: ['a', 'b'] } } }] }),
      {
        code: 'hl7-no-separator',
        details: { path: 'PID-5', segment: 'PID', field: 5 },
      },
    );
  });

  it('of another shape is a mistake of the programmer, of a wrong value an error with its place', () => {
    for (const wrong of [
      { type: undefined },
      { controlId: 7 },
      { delimiters: 1 },
      { header: { 3: 'x' } },
      { header: { 0: 'x' } },
      { segments: [{ name: 'pid', fields: {} }] },
      { segments: [{ name: 'PID', fields: { '3.1': 'x' } }] },
      { segments: [{ name: 'PID', fields: 'x' }] },
    ]) {
      assert.throws(() => built(wrong as never), TypeError, JSON.stringify(wrong));
    }
    assert.throws(() => built({ time: Number.NaN }), RangeError);
    assert.throws(() => built({ segments: [{ name: 'OBX', fields: { 5: ['', true as never] } }] }), {
      code: 'hl7-bad-value',
      details: {
        path: 'OBX-5.2',
        segment: 'OBX',
        field: 5,
        component: 2,
        problem: 'is boolean, not text, a number, null or a list',
      },
    });
  });
});

describe('whatever is built', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 });
  const component = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }));
  const field = fc.array(fc.array(component, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
  const segment = fc.record({
    name: fc.constantFrom('PID', 'OBX', 'ZZ1'),
    fields: fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), field, { maxKeys: 5 }),
  });
  const delimiters = fc.constantFrom('|^~\\&', '#*@!%', '|^~\\&$');

  it('reads back the same, value by value', () => {
    let values = 0;
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 4 }), delimiters, (segments, separators) => {
        const given = segments.map(({ name, fields }) => ({
          name,
          fields: Object.fromEntries(Object.entries(fields).map(([key, repeat]) => [key, { repeat }])),
        }));
        const made = built({ segments: given, delimiters: separators });
        const read = Hl7Message.parse(made.toBytes());
        assert.equal(read.toString(), made.toString());
        const lines = [...read.segments()].slice(1);
        assert.deepEqual(
          lines.map(({ name }) => name),
          segments.map(({ name }) => name),
        );
        for (const [i, { fields }] of segments.entries()) {
          for (const [number, repetitions] of Object.entries(fields)) {
            for (const [r, components] of repetitions.entries()) {
              for (const [c, value] of components.entries()) {
                for (const [s, leaf] of (typeof value === 'string' ? [value] : value).entries()) {
                  assert.equal(lines[i]?.get(`${number}[${r + 1}].${c + 1}.${s + 1}`), leaf);
                  values++;
                }
              }
            }
          }
        }
      }),
      { seed: 11, numRuns: counts(1000, 100_000) },
    );
    assert.ok(values > 1000);
  });
});
