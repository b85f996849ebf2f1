import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { Hl7Message } from '../../engine/hl7/message.ts';
import { splitBatch } from '../../engine/hl7/batch.ts';
import { counts, requireShared } from '../kit/requires.ts';
import { corpus, type CorpusMessage } from '../kit/shared-corpus.ts';

describe('real messages, as stored', () => {
  let messages: CorpusMessage[];

  before(function () {
    messages = corpus(requireShared(this, 'data'));
    assert.ok(messages.length > 1300, `${messages.length} messages`);
  });

  it('are all read, with the control id that stands there', () => {
    const wrong = messages.filter(({ bytes, controlId }) => Hl7Message.parse(bytes).controlId.trim() !== controlId);
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
    );
  });

  it('leave byte for byte as they came, also after every value was read', () => {
    for (const { name, bytes } of messages) {
      const message = Hl7Message.parse(bytes);
      JSON.stringify(message);
      assert.ok(message.toBytes().equals(bytes), name);
    }
  });

  it('with CR for line ends, too', () => {
    for (const { name, bytes } of messages) {
      const wire = Buffer.from(bytes.toString('latin1').replace(/\r\n|\n/g, '\r'), 'latin1');
      assert.ok(Hl7Message.parse(wire).toBytes().equals(wire), name);
    }
  });

  it('get another control id and no other change, as stored and with CR for line ends', () => {
    let changed = 0;
    const wire = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace(/\r\n|\n/g, '\r'), 'latin1');
    const both = messages.flatMap((message) => [message, { ...message, bytes: wire(message.bytes) }]);
    for (const { name, bytes, controlId } of both) {
      if (controlId === '') continue;
      const edited = Hl7Message.parse(bytes).set('MSH-10', 'WF-1').toBytes();
      const at = controlIdAt(bytes);
      const expected = Buffer.concat([bytes.subarray(0, at.from), Buffer.from('WF-1'), bytes.subarray(at.to)]);
      assert.ok(edited.equals(expected), name);
      changed++;
    }
    assert.equal(changed, 2 * messages.filter(({ controlId }) => controlId !== '').length);
    assert.ok(changed > 2600);
  });

  it('are cut from their files by splitBatch with nothing lost but batch headers and trailers', function () {
    for (const { bytes } of messages) {
      const parts = splitBatch(bytes);
      assert.ok(Buffer.concat(parts).equals(bytes) || /^(FHS|BHS|BTS|FTS)/m.test(bytes.toString('latin1')));
    }
  });
});

/** Where MSH-10 lies, counted in separators of the first line. */
function controlIdAt(bytes: Buffer): { from: number; to: number } {
  const text = bytes.toString('latin1');
  const start = text.indexOf('MSH');
  const separator = text.charAt(start + 3);
  const end = start + (/[\r\n]|$/.exec(text.slice(start))?.index ?? 0);
  let from = start;
  for (let i = 0; i < 9; i++) from = text.indexOf(separator, from) + 1;
  const to = text.indexOf(separator, from);
  return { from, to: to < 0 || to > end ? end : to };
}

describe('any bytes behind a readable header', () => {
  it('are never refused and leave as they came', () => {
    const tail = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom(...'|^~\\&\r\nPIDOBX0123 é'.split('')) })
        .map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(tail, fc.constantFrom('UTF-8', '8859/1', '8859/7', '', 'ASCII'), (bytes, charset) => {
        const given = Buffer.concat([Buffer.from(`MSH|^~\\&|A|B|||||ADT^A01|7|P|2.5||||||${charset}\r`), bytes]);
        const message = Hl7Message.parse(given);
        assert.ok(message.toBytes().equals(given));
        assert.ok(JSON.stringify(message).isWellFormed());
        for (const segment of message.segments()) {
          segment.get('1');
          segment.getAll('5[2].1.1');
        }
        for (const path of ['PID-3', 'PID-3[2].4.2', 'OBX[2]-5', 'MSH-9.2']) message.get(path);
      }),
      { seed: 8, numRuns: counts(3000, 200_000) },
    );
  });
});

describe('any bytes at all', () => {
  it('are read or refused with a code, quickly, and never end the process', () => {
    let refused = 0;
    const messages = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(fc.uint8Array({ maxLength: 8 }), fc.integer({ min: 0, max: 60 })).map(([noise, at]) => {
        const text = Buffer.from('\ufeffMSH|^~\\&|A|B|||||ADT^A01|7|P|2.5\rPID|1||1^^^H\rOBX|1|NM|X||1\r');
        return Uint8Array.from(Buffer.concat([text.subarray(0, at), noise, text.subarray(at + noise.length)]));
      }),
    );
    fc.assert(
      fc.property(messages, (bytes) => {
        try {
          const message = Hl7Message.parse(bytes);
          assert.ok(message.toBytes().equals(Buffer.from(bytes)));
          JSON.stringify(message);
        } catch (error) {
          assert.match((error as { code?: string }).code ?? String(error), /^hl7-/);
          refused++;
        }
      }),
      { seed: 9, numRuns: counts(5000, 500_000) },
    );
    assert.ok(refused > 100);
  });
});
