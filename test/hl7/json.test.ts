import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { hl7FromJson, hl7ToJson, type Hl7MessageJson } from '../../engine/hl7/json.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { corpus, type CorpusMessage } from '../kit/shared-corpus.ts';
import { mutant, random } from '../kit/hl7-mutants.ts';

const HEAD = 'MSH|^~\\&|LAB|NORTH|||20260105||ORU^R01|7|P|2.5\r';
const PID = 'PID|1||4711^^^NORTH&1.2.3&ISO~0815||Example^Alex|""|\r';
const json = (bytes: string | Buffer): Hl7MessageJson => hl7ToJson(Hl7Message.parse(Buffer.from(bytes)));
/** Through text, as a file or another system would have it. */
const again = (bytes: Buffer): Buffer => {
  const text = JSON.stringify(hl7ToJson(Hl7Message.parse(bytes)));
  assert.ok(text.isWellFormed());
  return hl7FromJson(JSON.parse(text)).toBytes();
};
const plain = (): { segments: { name: string; fields: unknown[]; end?: string }[] } & Record<string, unknown> =>
  JSON.parse(JSON.stringify(json(HEAD + PID))) as ReturnType<typeof plain>;

describe('a message as JSON', () => {
  it('is not made of a frame of separators, each of which would be an object', () => {
    for (const separators of ['|', '~', '^', '&^', '&^~'])
      assert.throws(() => json(`${HEAD}ZZZ|${separators.repeat(Math.ceil(2_000_001 / separators.length))}\r`), {
        code: 'hl7-too-many-values',
      });
    assert.throws(() => json(HEAD + 'Z\r'.repeat(2_000_001)), { code: 'hl7-too-many-values' });
  });

  it('has values by their place, components, subcomponents and repetitions, empty and null apart', () => {
    assert.deepEqual(json(HEAD + PID), {
      kind: 'hl7-message',
      format: 1,
      charset: 'UTF-8',
      lineEnd: '\r',
      segments: [
        {
          name: 'MSH',
          fields: ['|', '^~\\&', 'LAB', 'NORTH', '', '', '20260105', '', ['ORU', 'R01'], '7', 'P', '2.5'],
        },
        {
          name: 'PID',
          fields: [
            '1',
            '',
            { repeat: [['4711', '', '', ['NORTH', '1.2.3', 'ISO']], '0815'] },
            '',
            ['Example', 'Alex'],
            null,
            '',
          ],
        },
      ],
    });
  });

  it('has values as people read them, with the raw text beside where writing them anew would change it', () => {
    const [, note] = json(
      `${HEAD}NTE|a\\T\\b|\\H\\bold\\N\\|C:\\temp|\\Zq\\|\\XC3A9\\|\\C2842\\|one\\.br\\two\r`,
    ).segments;
    assert.deepEqual(note?.fields, [
      'a&b',
      { text: 'bold', raw: '\\H\\bold\\N\\' },
      { text: 'C:\\temp', raw: 'C:\\temp' },
      { text: '\\Zq\\', raw: '\\Zq\\' },
      { text: 'é', raw: '\\XC3A9\\' },
      { text: '\\C2842\\', raw: '\\C2842\\' },
      'one\ntwo',
    ]);
  });

  it('carries bytes that mean nothing as bytes, and stays JSON that others can read', () => {
    const bytes = Buffer.concat([Buffer.from(`${HEAD}NTE|ok`), Buffer.of(0xff, 0xc3), Buffer.from('\r')]);
    assert.deepEqual(hl7ToJson(Hl7Message.parse(bytes)).segments[1]?.fields, [
      { text: 'ok\ufffd\ufffd', bytes: Buffer.of(0x6f, 0x6b, 0xff, 0xc3).toString('base64') },
    ]);
    assert.deepEqual(again(bytes), bytes);
  });

  it('keeps marks, line ends, empty lines, a missing last line end, other separators and other segments', () => {
    const texts = [
      `\ufeff${HEAD}${PID}`,
      `\r\n \x0b${HEAD}${PID}`,
      (HEAD + PID).replaceAll('\r', '\n'),
      (HEAD + PID).replaceAll('\r', '\r\n'),
      `${HEAD}\r\r${PID}\n`,
      (HEAD + PID).slice(0, -1),
      'MSH#*@!%#APP*1.2#FAC#####ADT*A01#C|1#P#2.5\rPID###a*b%c@d!H!e\r',
      'MSH|^~\\&#|A||||||ADT^A01|7\rPID|1||a#b\\P\\\r',
      'MSH|\rPID|a^b\\F\\|"\r',
      'MSH|^\rPID|a^b~c\r',
      `${HEAD}hello\rFHS|^~\\&|x\rFHS\rBHSX|a\rZ\r|a\rZZ1|||\r`,
      `${HEAD}NTE|\x0bframe\x1c|"|""|""""\r`,
    ];
    for (const text of texts) assert.equal(again(Buffer.from(text)).toString(), text);
  });

  it('keeps the character set, whether MSH-18, a mark or the feed decided it', () => {
    const wide = `${HEAD.replace('7|P|2.5', '7|P|2.5||||||UNICODE UTF-16')}PID|Ж€\r`;
    for (const mark of ['', '\ufeff'])
      assert.deepEqual(again(Buffer.from(mark + wide, 'utf16le')), Buffer.from(mark + wide, 'utf16le'));
    const big = Buffer.from(wide, 'utf16le').swap16();
    assert.deepEqual(again(big), big);
    const latin = Buffer.from(`${HEAD}PID|é\r`, 'latin1');
    const read = Hl7Message.parse(latin, { fallbackCharset: '8859/1' });
    assert.equal(hl7ToJson(read).charset, '8859/1');
    assert.deepEqual(hl7FromJson(hl7ToJson(read)).toBytes(), latin);
    const stated = Buffer.from(`${HEAD.replace('2.5', '2.5||||||8859/15')}PID|€\r`.replace('€', '\xa4'), 'latin1');
    assert.deepEqual(again(stated), stated);
    assert.equal(hl7ToJson(Hl7Message.parse(stated)).segments[1]?.fields[0], '€');
  });

  it('can be edited: values are escaped, MSH-18 decides the bytes', () => {
    const edited = plain();
    const [msh, pid] = edited.segments;
    pid?.fields.splice(4, 3, ['A|B', 'é'], null, 12.5);
    if (msh) msh.fields[17] = '8859/1';
    const message = hl7FromJson(edited);
    assert.equal(message.raw('PID-5'), 'A\\F\\B^é');
    assert.equal(message.get('PID-7'), '12.5');
    assert.equal(message.isNull('PID-6'), true);
    assert.ok(message.toBytes().includes(Buffer.of(0xe9)));
    assert.equal(message.get('MSH-17'), '');
  });
});

describe('JSON that is no message', () => {
  const refused = (change: (whole: ReturnType<typeof plain>) => void, code: string, details: object): void => {
    const whole = plain();
    change(whole);
    assert.throws(
      () => hl7FromJson(whole),
      (error: { code?: string; details?: object; message: string }) => {
        assert.deepEqual({ code: error.code, ...error.details }, { code, ...error.details, ...details });
        assert.doesNotMatch(error.message, /SECRET/);
        return true;
      },
    );
  };
  const bad = (place: string): object => ({ place });

  it('is refused with the place of what is wrong', () => {
    for (const wrong of [null, undefined, 1, 'MSH|^~\\&', [], [plain()]]) {
      assert.throws(() => hl7FromJson(wrong), { code: 'hl7-bad-json' });
    }
    refused((it) => (it['kind'] = 'hl7'), 'hl7-bad-json', bad('kind'));
    refused((it) => (it['format'] = 2), 'hl7-bad-json', bad('format'));
    refused((it) => (it['SECRET'] = 1), 'hl7-bad-json', bad('it'));
    refused((it) => (it['charset'] = 'KLINGON'), 'hl7-bad-json', bad('charset'));
    refused((it) => (it['lineEnd'] = ''), 'hl7-bad-json', bad('lineEnd'));
    refused((it) => (it['before'] = 'SECRET'), 'hl7-bad-json', bad('before'));
    refused((it) => (it.segments = []), 'hl7-bad-json', bad('segments'));
    refused((it) => (it.segments[1] = null as never), 'hl7-bad-json', bad('segments[1]'));
    refused((it) => Object.assign(it.segments[1] ?? {}, { fields: {} }), 'hl7-bad-json', bad('segments[1].fields'));
    refused((it) => Object.assign(it.segments[0] ?? {}, { end: '' }), 'hl7-bad-json', bad('segments[0].end'));
    refused((it) => Object.assign(it.segments[1] ?? {}, { end: '|' }), 'hl7-bad-json', bad('segments[1].end'));
  });

  it('names segment, field, repetition, component and subcomponent of a wrong value', () => {
    const value =
      (given: unknown): Parameters<typeof refused>[0] =>
      (it) => {
        it.segments.push({ name: 'PID', fields: ['', '', given] });
      };
    const place = { path: 'PID[2]-3', segment: 'PID', occurrence: 2, field: 3 };
    refused(value(true), 'hl7-bad-value', place);
    refused(value({ SECRET: 1 }), 'hl7-bad-value', place);
    refused(value({ repeat: 'SECRET' }), 'hl7-bad-value', place);
    refused(value({ repeat: [], raw: 'SECRET' }), 'hl7-bad-value', place);
    refused(value({ raw: 'a\rSECRET' }), 'hl7-line-end', place);
    refused(value({ raw: 'a\x1cSECRET' }), 'hl7-line-end', place);
    refused(value({ bytes: '####' }), 'hl7-bad-value', place);
    refused(value({ bytes: Buffer.from('a\rSECRET').toString('base64') }), 'hl7-line-end', place);
    refused(value({ raw: '\\T\\', text: 'SECRET' }), 'hl7-bad-value', place);
    refused(value(Number.NaN), 'hl7-bad-value', place);
    refused(value(1e21), 'hl7-bad-value', place);
    refused(value({ repeat: ['', ['', ['', false]]] }), 'hl7-bad-value', {
      path: 'PID[2]-3[2].2.2',
      repetition: 2,
      component: 2,
      subcomponent: 2,
    });
    refused(value([[['SECRET']]]), 'hl7-bad-value', { path: 'PID[2]-3.1.1' });
  });

  it('is refused where it names no segment or no separators', () => {
    refused((it) => it.segments.shift(), 'hl7-no-msh', {});
    refused((it) => Object.assign(it.segments[0] ?? {}, { name: 'FHS' }), 'hl7-no-msh', {});
    refused((it) => it.segments[0]?.fields.splice(0, 1, '||'), 'hl7-bad-value', { path: 'MSH-1' });
    refused((it) => it.segments[0]?.fields.splice(0, 1, 'A'), 'hl7-bad-delimiters', {});
    refused((it) => it.segments[0]?.fields.splice(1, 1, '^|'), 'hl7-bad-value', { path: 'MSH-2' });
    refused((it) => it.segments[0]?.fields.splice(1, 1, ''), 'hl7-no-separator', { path: 'MSH-9' });
    refused((it) => Object.assign(it.segments[1] ?? {}, { name: 'SECRET\r' }), 'hl7-line-end', { path: 'segment 2' });
    refused((it) => Object.assign(it.segments[1] ?? {}, { name: 1 }), 'hl7-bad-value', {});
    refused((it) => Object.assign(it.segments[1] ?? {}, { name: '', fields: [] }), 'hl7-bad-value', {});
    refused((it) => Object.assign(it.segments[1] ?? {}, { name: 'MSHSECRET' }), 'hl7-bad-value', {});
  });

  it('is refused where its character set cannot carry it, or it is longer than any frame', () => {
    const latin = plain();
    latin['charset'] = '8859/1';
    latin.segments[1]?.fields.push('Ж');
    assert.throws(() => hl7FromJson(latin), { code: 'hl7-not-in-charset' });
    const half = 'x'.repeat(17 * 1024 * 1024);
    refused((it) => it.segments[1]?.fields.push(half, half), 'hl7-too-long', {});
  });
});

describe('JSON of what others sent', () => {
  let messages: CorpusMessage[];

  before(function () {
    messages = corpus(requireShared(this, 'data'));
  });

  it('gives the same bytes again, as stored and with CR', () => {
    for (const { name, bytes } of messages) {
      assert.ok(again(bytes).equals(bytes), name);
      const wire = Buffer.from(bytes.toString('latin1').replace(/\r\n|\n/g, '\r'), 'latin1');
      assert.ok(again(wire).equals(wire), name);
    }
  });
});

describe('JSON of anything that can be read', () => {
  it('gives the same bytes again', () => {
    let read = 0;
    for (let seed = 1; seed <= counts(3000, 200_000); seed++) {
      const bytes = mutant(random(seed));
      let message: Hl7Message;
      try {
        message = Hl7Message.parse(bytes);
      } catch {
        continue;
      }
      read++;
      assert.ok(
        hl7FromJson(JSON.parse(JSON.stringify(hl7ToJson(message))))
          .toBytes()
          .equals(bytes),
        `seed ${seed}`,
      );
    }
    assert.ok(read > 1000, `${read} read`);
  });
});

describe('values as JSON', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('', '|', '^', '~', '\\', '&', '\r\n'),
    fc.constant(null),
  );
  const component = fc.oneof(leaf, fc.array(leaf, { minLength: 2, maxLength: 3 }));
  const repetition = fc.oneof(leaf, fc.array(component, { minLength: 2, maxLength: 3 }));
  const value = fc.oneof(repetition, fc.record({ repeat: fc.array(repetition, { minLength: 2, maxLength: 3 }) }));

  it('are the same after a message was made of them', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (fields) => {
        const whole = plain();
        whole.segments.push({ name: 'ZZ1', fields });
        const expected = JSON.parse(JSON.stringify(fields).replaceAll('"\\"\\""', 'null')) as unknown;
        const made = hl7ToJson(Hl7Message.parse(hl7FromJson(whole).toBytes())).segments.at(-1)?.fields;
        assert.deepEqual(made, expected);
      }),
      { seed: 7, numRuns: counts(2000, 100_000) },
    );
  });
});
