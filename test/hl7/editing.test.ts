import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { counts } from '../kit/requires.ts';

const HEAD = 'MSH|^~\\&|A|B|C|D|20260105||ADT^A01|7|P|2.5\r';
const BODY = 'PID|1||11^^^H&1.2&ISO^MR~22||X^Y|\rPV1|1|I\r';
const message = (): Hl7Message => Hl7Message.parse(HEAD + BODY);
const body = (edited: Hl7Message): string => edited.toString().slice(HEAD.length);

describe('setting', () => {
  it('a subcomponent, component, repetition or field replaces exactly that part', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['PID-3.4.2', 'PID|1||11^^^H&new&ISO^MR~22||X^Y|\rPV1|1|I\r'],
      ['PID-3.4', 'PID|1||11^^^new^MR~22||X^Y|\rPV1|1|I\r'],
      ['PID-3[1]', 'PID|1||new~22||X^Y|\rPV1|1|I\r'],
      ['PID-3[2]', 'PID|1||11^^^H&1.2&ISO^MR~new||X^Y|\rPV1|1|I\r'],
      ['PID-3', 'PID|1||new||X^Y|\rPV1|1|I\r'],
      ['PID-5.2', 'PID|1||11^^^H&1.2&ISO^MR~22||X^new|\rPV1|1|I\r'],
      ['PV1-2', 'PID|1||11^^^H&1.2&ISO^MR~22||X^Y|\rPV1|1|new\r'],
    ];
    for (const [path, expected] of cases) assert.equal(body(message().set(path, 'new')), expected, path);
  });

  it('a part that is not there adds the separators before it and nothing else', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['PV1-5', 'PV1|1|I|||new'],
      ['PV1-4.3', 'PV1|1|I||^^new'],
      ['PV1-3[2].2.3', 'PV1|1|I|~^&&new'],
      ['PV1-2.2', 'PV1|1|I^new'],
      ['PV1-2[3]', 'PV1|1|I~~new'],
    ];
    for (const [path, expected] of cases) {
      const edited = message().set(path, 'new');
      assert.equal(body(edited).split('\r')[1], expected, path);
      assert.equal(edited.get(path), 'new', path);
    }
  });

  it('numbers is allowed, anything else is a mistake of the programmer', () => {
    assert.equal(message().set('PV1-4', 12.5).get('PV1-4'), '12.5');
    for (const wrong of [null, undefined, {}, true]) {
      assert.throws(() => message().set('PV1-4', wrong as string), TypeError);
    }
  });

  it('the separators themselves is refused', () => {
    for (const path of ['MSH-1', 'MSH-2', 'MSH-2.1']) {
      assert.throws(() => message().set(path, '#'), { code: 'hl7-delimiters-fixed' }, path);
    }
  });

  it('in an absent segment is refused until the segment is added', () => {
    assert.throws(() => message().set('ZPI-2', 'x'), { code: 'hl7-no-segment' });
    assert.throws(() => message().set('PV1[2]-2', 'x'), { code: 'hl7-no-segment' });
    assert.equal(body(message().addSegment('ZPI', 'PID').set('ZPI-2', 'x')).split('\r')[1], 'ZPI||x');
    assert.ok(body(message().addSegment('ZPI').set('ZPI-2', 'x')).endsWith('PV1|1|I\rZPI||x\r'));
    assert.throws(() => message().addSegment('ZPI', 'AL1'), { code: 'hl7-no-segment' });
    assert.throws(() => message().addSegment('zpi'), { code: 'hl7-bad-path' });
  });

  it('raw text brings its own separators but ends no segment', () => {
    assert.equal(message().setRaw('PID-5', 'DOE^JANE').get('PID-5.2'), 'JANE');
    for (const end of ['\r', '\n', '\v', '\x1c']) {
      assert.throws(() => message().setRaw('PID-5', `a${end}b`), { code: 'hl7-line-end' });
    }
  });

  it('changes one message and no other that shares its text', () => {
    const first = message();
    const second = first.clone();
    second.set('PID-5.1', 'changed');
    assert.equal(first.get('PID-5.1'), 'X');
    assert.equal(first.fields['PID-5.1'], 'X');
    assert.equal(second.fields['PID-5.1'], 'changed');
  });

  it('keeps line ends, marks and a missing last line end', () => {
    for (const end of ['\r', '\n', '\r\n']) {
      const text = `\ufeff${HEAD}${BODY}`.replaceAll('\r', end).slice(0, -end.length);
      const edited = Hl7Message.parse(Buffer.from(text)).set('PV1-2', 'O').addSegment('ZZZ').toBytes().toString();
      assert.equal(edited, `${text.slice(0, -1)}O${end}ZZZ`);
    }
  });
});

describe('any edit', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9 ]{0,6}$/);
  const components = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
  const field = fc
    .array(components, { minLength: 1, maxLength: 3 })
    .map((all) => all.map((one) => one.map((subs) => subs.join('&')).join('^')).join('~'));
  const segment = fc
    .tuple(fc.constantFrom('PID', 'PV1', 'OBX', 'ZZ1'), fc.array(field, { maxLength: 6 }))
    .map(([name, fields]) => [name, ...fields].join('|'));
  const text = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 6 }), fc.constantFrom('\r', '\n', '\r\n'), fc.boolean())
    .map(([segments, end, last]) => HEAD.replace('\r', end) + segments.join(end) + (last ? end : ''));
  const place = fc.record({
    segment: fc.constantFrom('PID', 'PV1', 'OBX', 'ZZ1', 'MSH'),
    field: fc.integer({ min: 3, max: 8 }),
    repetition: fc.integer({ min: 1, max: 4 }),
    component: fc.integer({ min: 1, max: 4 }),
    subcomponent: fc.integer({ min: 1, max: 4 }),
  });

  it('is read back, and every other value of the message stays', () => {
    let edits = 0;
    fc.assert(
      fc.property(text, place, fc.string({ unit: 'binary' }), (given, where, value) => {
        const before = Hl7Message.parse(given);
        if (!before.segment(where.segment)) return;
        edits++;
        const path = `${where.segment}-${where.field}[${where.repetition}].${where.component}.${where.subcomponent}`;
        const after = before.clone().set(path, value);
        assert.equal(after.get(path), value);
        const [old, now] = [leaves(before), leaves(after)];
        const key = `${where.segment}[1]-${where.field}[${where.repetition}].${where.component}.${where.subcomponent}`;
        old.delete(key);
        now.delete(key);
        assert.deepEqual([...now], [...old]);
        assert.equal(after.set(path, before.get(path)).get(path), before.get(path));
      }),
      { seed: 7, numRuns: counts(1500, 50_000) },
    );
    assert.ok(edits > 700, `${edits} edits`);
  });

  /** Every value that is there, under its full path, read without the codec's own path code. */
  function leaves(of: Hl7Message): Map<string, string> {
    const found = new Map<string, string>();
    const seen = new Map<string, number>();
    for (const line of of.toString().split(/[\r\n]+/)) {
      const [name = '', ...fields] = line.split('|');
      const occurrence = (seen.get(name) ?? 0) + 1;
      seen.set(name, occurrence);
      for (const [f, all] of fields.entries()) {
        const number = name === 'MSH' ? f + 2 : f + 1;
        if (name === 'MSH' && number === 2) continue;
        for (const [r, one] of all.split('~').entries()) {
          for (const [c, subs] of one.split('^').entries()) {
            for (const [s, leaf] of subs.split('&').entries()) {
              if (leaf !== '') found.set(`${name}[${occurrence}]-${number}[${r + 1}].${c + 1}.${s + 1}`, leaf);
            }
          }
        }
      }
    }
    return found;
  }
});
