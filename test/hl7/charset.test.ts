import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { charsetNamed, UTF8 } from '../../engine/hl7/charset.ts';
import { hl7FromJson, hl7ToJson } from '../../engine/hl7/json.ts';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { counts } from '../kit/requires.ts';

const head = (charset: string): string => `MSH|^~\\&|A|B|C|D|20260105||ADT^A01|7|P|2.5||||||${charset}\r`;
const NAMES =
  'UTF-8 8859/1 8859/2 8859/3 8859/4 8859/5 8859/6 8859/7 8859/8 8859/9 8859/10 8859/13 8859/14 8859/15 8859/16 windows-1250 windows-1252 windows-1253 windows-1258'.split(
    ' ',
  );

describe('the character set of a message', () => {
  it('is the one that MSH-18 states', () => {
    const name = (bytes: number[]): Buffer =>
      Buffer.concat([Buffer.from('PID|1||||'), Buffer.from(bytes), Buffer.from('\r')]);
    const cases: readonly (readonly [string, number[], string])[] = [
      ['UNICODE UTF-8', [0xc3, 0xa9], 'é'],
      ['8859/1', [0xe9, 0x80], 'é\x80'],
      ['8859/2', [0xb1], 'ą'],
      ['8859/5', [0xb6], 'Ж'],
      ['8859/9', [0xf0, 0xfe, 0xe9], 'ğşé'],
      ['8859/15', [0xa4], '€'],
      ['8859/15~UNICODE UTF-8', [0xa4], '€'],
      ['windows-1252', [0x80], '€'],
    ];
    for (const [stated, bytes, expected] of cases) {
      const message = Hl7Message.parse(Buffer.concat([Buffer.from(head(stated)), name(bytes)]));
      assert.equal(message.get('PID-5'), expected, stated);
    }
  });

  it('is the fallback where MSH-18 is empty, says ASCII, or names one that nobody knows', () => {
    for (const stated of ['', 'ASCII', 'KLINGON']) {
      const bytes = Buffer.concat([Buffer.from(`${head(stated)}PID|1||||`), Buffer.of(0xe9), Buffer.from('\r')]);
      assert.equal(Hl7Message.parse(bytes, { fallbackCharset: '8859/1' }).get('PID-5'), 'é', stated);
      assert.equal(Hl7Message.parse(bytes).get('PID-5'), '\ufffd', stated);
    }
  });

  it('is not looked for behind escapes, which it would take to read them', () => {
    for (const stated of ['\\F\\', '\\X41\\', '8859/1\\E\\']) {
      const message = Hl7Message.parse(Buffer.from(`${head(stated)}PID|1||\\XC3A9\\|é\r`));
      assert.equal(message.get('PID-3'), 'é');
      assert.equal(message.charset, 'UTF-8');
    }
  });

  it('is decided by a byte order mark before all else', () => {
    const marked = Buffer.from(`\ufeff${head('8859/1')}PID|1||||é\r`, 'utf8');
    const message = Hl7Message.parse(marked);
    assert.equal(message.get('PID-5'), 'é');
    assert.deepEqual(message.toBytes(), marked);
  });

  it('may be UTF-16 in either order, with or without a mark', () => {
    for (const mark of ['', '\ufeff']) {
      const text = `${mark}${head('UNICODE UTF-16')}PID|1||||Ж€\r`;
      const little = Buffer.from(text, 'utf16le');
      const big = Buffer.from(little).swap16();
      for (const bytes of [little, big]) {
        const message = Hl7Message.parse(bytes);
        assert.equal(message.get('PID-5'), 'Ж€');
        assert.equal(message.controlId, '7');
        assert.deepEqual(message.toBytes(), bytes);
        const edited = Buffer.from(text.replace('|7|', '|8|'), 'utf16le');
        assert.deepEqual(message.set('MSH-10', '8').toBytes(), bytes === big ? edited.swap16() : edited);
      }
    }
  });

  it('in UTF-16 with an odd number of bytes is refused', () => {
    const cut = Buffer.from(head(''), 'utf16le').subarray(0, -1);
    assert.throws(() => Hl7Message.parse(cut), { code: 'hl7-bad-utf16' });
  });

  it('in UTF-16 keeps an escape that names half a character as it stands', () => {
    const text = `\ufeff${head('')}PID|1||||a\\X80\\b\\X0416\\\r`;
    const little = Buffer.from(text.replace('0416', '1604'), 'utf16le');
    for (const bytes of [little, Buffer.from(text, 'utf16le').swap16()]) {
      const message = Hl7Message.parse(bytes);
      assert.equal(message.get('PID-5'), 'a\\X80\\bЖ');
      assert.deepEqual(hl7FromJson(hl7ToJson(message)).toBytes(), bytes);
      const json = { ...hl7ToJson(message), segments: [...hl7ToJson(message).segments] };
      json.segments.push({ name: 'ZZZ', fields: [{ bytes: 'gA==' }] });
      assert.throws(() => hl7FromJson(json), { code: 'hl7-bad-value' });
    }
  });
});

describe('bytes that mean nothing in the character set', () => {
  const bytes = Buffer.concat([
    Buffer.from(`${head('UNICODE UTF-8')}PID|1||1||ok`),
    Buffer.of(0xff, 0xc3, 0xe2, 0x82),
    Buffer.from('é^Alex\r'),
  ]);

  it('read as U+FFFD and leave as they came', () => {
    const message = Hl7Message.parse(bytes);
    assert.equal(message.get('PID-5.1'), 'ok\ufffd\ufffd\ufffd\ufffdé');
    assert.ok(message.toString().isWellFormed());
    assert.ok(JSON.stringify(message).isWellFormed());
    assert.deepEqual(message.toBytes(), bytes);
  });

  it('survive an edit elsewhere', () => {
    const edited = Hl7Message.parse(bytes).set('PID-5.2', 'Žofie').toBytes();
    const at = bytes.indexOf('Alex');
    assert.deepEqual(edited, Buffer.concat([bytes.subarray(0, at), Buffer.from('Žofie'), bytes.subarray(at + 4)]));
  });
});

describe('a value that the character set cannot carry', () => {
  it('is refused, naming the path and the character set and not the value', () => {
    const message = Hl7Message.parse(Buffer.from(`${head('8859/1')}PID|1||1||x\r`));
    assert.throws(
      () => message.set('PID-5', 'Ж'),
      (error: Error) => /PID-5/.test(error.message) && /8859\/1/.test(error.message) && !error.message.includes('Ж'),
    );
    assert.equal(message.get('PID-5'), 'x');
  });

  it('may be set once MSH-18 states one that can', () => {
    const message = Hl7Message.parse(Buffer.from(`${head('8859/1')}PID|1||1||é\r`, 'latin1'));
    message.set('MSH-18', 'UNICODE UTF-8').set('PID-5', 'éЖ');
    assert.deepEqual(message.toBytes(), Buffer.from(`${head('UNICODE UTF-8')}PID|1||1||éЖ\r`, 'utf8'));
  });
});

describe('decoding', () => {
  it('is undone by encoding, for any bytes in any character set', () => {
    const charsets = NAMES.map((name) => charsetNamed(name) ?? UTF8);
    assert.equal(new Set(charsets).size, NAMES.length);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: 'binary' }).map((text) => Uint8Array.from(Buffer.from(text))),
      fc
        .tuple(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 6 }), fc.string({ unit: 'binary' }))
        .map(([a, b, c]) => Uint8Array.from(Buffer.concat([Buffer.from(a), b, Buffer.from(c)]))),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        for (const charset of charsets) {
          assert.deepEqual(charset.encode(charset.decode(given)), Buffer.from(given), charset.name);
        }
      }),
      { seed: 5, numRuns: counts(2000, 100_000) },
    );
  });

  it('of well-formed UTF-8 agrees with the platform', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => UTF8.decode(Buffer.from(text)) === text),
      { seed: 6, numRuns: counts(500, 20_000) },
    );
  });
});
