import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { frame, MllpFramer, type Framed, type FramerLimits } from '../../engine/mllp/framer.ts';
import { counts } from '../kit/requires.ts';

const found = (chunks: readonly (string | Uint8Array)[], limits?: Partial<FramerLimits>): string[] => {
  const framer = new MllpFramer(limits);
  const all = chunks.flatMap((chunk) => framer.push(Buffer.from(chunk)));
  return [...all, ...framer.end()].map(told);
};
const told = (one: Framed): string =>
  one.kind === 'junk' ? `junk ${one.size}` : `${one.kind} ${Buffer.from(one.bytes).toString('latin1')}`;

const A = '\x0bMSH|a\r\x1c\r';
const B = '\x0bMSH|b\r\x1c\r';

describe('the framer', () => {
  it('finds every frame of a chunk, and a frame in many chunks', () => {
    assert.deepEqual(found([A + B]), ['frame MSH|a\r', 'frame MSH|b\r']);
    assert.deepEqual(found((A + B).split('')), ['frame MSH|a\r', 'frame MSH|b\r']);
  });

  it('keeps one and a half messages apart', () => {
    assert.deepEqual(found([A + B.slice(0, 4), B.slice(4)]), ['frame MSH|a\r', 'frame MSH|b\r']);
    assert.deepEqual(found([A + B.slice(0, 4)]), ['frame MSH|a\r']);
  });

  it('joins a character and an end block that TCP has split', () => {
    const bytes = Buffer.from('\x0bMSH|é\x1c\r');
    for (let at = 1; at < bytes.length; at++) {
      const parts = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.deepEqual(found(parts), [`frame ${Buffer.from('MSH|é').toString('latin1')}`], String(at));
    }
  });

  it('tells of junk outside frames, and not of line ends there', () => {
    assert.deepEqual(found([`hello${A}\r\n${B}bye`]), ['junk 5', 'frame MSH|a\r', 'frame MSH|b\r', 'junk 3']);
  });

  it('delivers the good neighbours of a malformed frame', () => {
    assert.deepEqual(found([`${A}\x0bhello\x1c\r${B}`]), ['frame MSH|a\r', 'frame hello', 'frame MSH|b\r']);
    assert.deepEqual(found([`${A}\x0b\x1c\r${B}`]), ['frame MSH|a\r', 'frame ', 'frame MSH|b\r']);
  });

  it('reports a frame that never ended when the next begins, wherever TCP cuts', () => {
    const stream = `\x0bMSH|cut\r${A}${B}`;
    const expected = ['unterminated MSH|cut\r', 'frame MSH|a\r', 'frame MSH|b\r'];
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(found([stream.slice(0, at), stream.slice(at)]), expected, String(at));
    }
  });

  it('takes a start block inside text, and an end byte without its CR, for text', () => {
    for (const text of ['MSH|a\vb\r', 'MSH|a\x1cb\r', 'MSH|\v\v\vMS\r', 'MSH|\x1c\x1c\n\r']) {
      const stream = `\x0b${text}\x1c\r${B}`;
      for (let at = 0; at <= stream.length; at++) {
        assert.deepEqual(found([stream.slice(0, at), stream.slice(at)]), [`frame ${text}`, 'frame MSH|b\r'], text);
      }
    }
  });

  it('ends a frame at the next start block where a sender leaves out the last CR', () => {
    assert.deepEqual(found([`\x0bMSH|a\r\x1c${B}`]), ['frame MSH|a\r', 'frame MSH|b\r']);
    assert.deepEqual(found(['\x0bMSH|a\r\x1c']), ['frame MSH|a\r']);
  });

  it('refuses a frame over the limit at once, keeps its head, and goes on with the next', () => {
    const limits = { maxFrameBytes: 20, keepOfBroken: 8 };
    const large = `\x0bMSH|${'x'.repeat(100)}\x1c\r`;
    assert.deepEqual(found([large + A], limits), ['too-large MSH|xxxx', 'frame MSH|a\r']);
    assert.deepEqual(found((large + A).split(''), limits), ['too-large MSH|xxxx', 'frame MSH|a\r']);
    const framer = new MllpFramer(limits);
    assert.deepEqual(framer.push(Buffer.from(large.slice(0, 40))).map(told), ['too-large MSH|xxxx']);
    assert.deepEqual(framer.push(Buffer.from(large.slice(40))), []);
    assert.equal(found([`\x0b${'x'.repeat(20)}\x1c\r`], limits)[0], `frame ${'x'.repeat(20)}`);
  });

  it('holds no more memory than the frame needs while a large one trickles in', () => {
    const framer = new MllpFramer();
    const before = process.memoryUsage().arrayBuffers;
    framer.push(Buffer.from('\x0bMSH|'));
    const chunk = Buffer.alloc(1460, 0x78);
    const started = process.hrtime.bigint();
    for (let sent = 0; sent < 5 * 1024 * 1024; sent += chunk.length) assert.deepEqual(framer.push(chunk), []);
    const [done] = framer.push(Buffer.from('\x1c\r'));
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(done?.kind === 'frame' && done.bytes.length > 5 * 1024 * 1024);
    assert.ok(ms < 1000, `${ms} ms`);
    assert.ok(process.memoryUsage().arrayBuffers - before < 40 * 1024 * 1024);
  });

  it('gives every frame back, however it is cut', () => {
    const content = fc
      .array(fc.constantFrom(...'MSH|a\x0b\r\x1c'.split(''), 'MS', '\x1c\n'), { maxLength: 12 })
      .map((parts) => parts.join(''))
      // What a frame cannot carry: its own end, or what looks like another message's beginning.
      .filter((text) => !text.endsWith('\x1c') && !['\x1c\r', '\x1c\v', '\vMSH'].some((end) => text.includes(end)));
    const stream = fc.array(content, { maxLength: 5 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(20), { maxLength: 30 }), (contents, cuts) => {
        const bytes = Buffer.concat(contents.map((text) => frame(Buffer.from(text, 'latin1'))));
        const chunks: Buffer[] = [];
        let from = 0;
        for (const cut of cuts) chunks.push(bytes.subarray(from, (from += cut)));
        chunks.push(bytes.subarray(from));
        assert.deepEqual(
          found(chunks),
          contents.map((text) => `frame ${text}`),
        );
      }),
      { seed: 11, numRuns: counts(5000, 500_000) },
    );
  });

  it('survives any bytes, and the good frame behind them is delivered', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (noise) => {
        const last = found([...noise, '\x1c\r', B]).at(-1);
        assert.equal(last, 'frame MSH|b\r');
      }),
      { seed: 12, numRuns: counts(5000, 500_000) },
    );
  });
});
