import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { MllpFramer, type Framed, type FramerLimits } from '../../engine/mllp/framer.ts';
import { framesOf } from '../kit/mllp-reference.ts';
import { counts } from '../kit/requires.ts';
import { seededRandom } from '../kit/seeded-random.ts';

/** What frames and their faults are made of. */
const PARTS = [
  '\x0b',
  '\x1c\r',
  '\x1c',
  '\r',
  '\n',
  'MSH',
  'MS',
  'M',
  '|',
  'é',
  'PID|1',
  '\x0bMSH|a\r\x1c\r',
  '\x0bMSH|',
];
const LIMITS: FramerLimits = { maxFrameBytes: 12, keepOfBroken: 6 };

/** The same from the kit's slow reader. */
const reference = (stream: Buffer): string[] =>
  framesOf(stream, LIMITS).map(({ kind, bytes }) =>
    kind === 'junk' ? `junk ${bytes.length}` : `${kind} ${bytes.toString('latin1')}`,
  );

/** Junk is told of chunk by chunk, so that what follows one another is one. */
function framed(chunks: readonly Buffer[]): string[] {
  const framer = new MllpFramer(LIMITS);
  const all: Framed[] = chunks.flatMap((chunk) => framer.push(chunk));
  all.push(...framer.end());
  const told: string[] = [];
  let junk = 0;
  for (const one of [...all, undefined]) {
    if (one?.kind === 'junk') {
      junk += one.size;
      continue;
    }
    if (junk > 0) told.push(`junk ${junk}`);
    junk = 0;
    if (one) told.push(`${one.kind} ${Buffer.from(one.bytes).toString('latin1')}`);
  }
  assert.ok(framer.idle && framer.pending === 0, 'nothing is left over');
  return told;
}

describe('the framer, over streams by chance', () => {
  it('finds what is there, wherever TCP cuts it', () => {
    const seen = new Map<string, number>();
    const runs = counts(20_000, 1_000_000);
    for (let seed = 1; seed <= runs; seed++) {
      const random = seededRandom(seed);
      const upTo = (limit: number): number => Math.floor(random() * limit);
      const text = Array.from({ length: 1 + upTo(14) }, () => PARTS[upTo(PARTS.length)] ?? '').join('');
      const stream = Buffer.from(text);
      const expected = reference(stream);
      for (const chunks of [cut(stream, () => 1 + upTo(6)), cut(stream, () => 1 + upTo(40))])
        assert.deepEqual(framed(chunks), expected, `seed ${seed}`);
      for (const one of expected) {
        const kind = one.split(' ')[0] ?? '';
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
    }
    for (const kind of ['frame', 'unterminated', 'too-large', 'junk'])
      assert.ok((seen.get(kind) ?? 0) > runs / 20, `${kind}: ${seen.get(kind) ?? 0} of ${runs}`);
  });

  it('holds no more than three times what has arrived, however finely it comes', () => {
    const framer = new MllpFramer();
    const random = seededRandom(7);
    framer.push(Buffer.alloc(5, '\x0bMSH|'));
    let arrived = 5;
    while (arrived < 2_000_000) {
      const size = random() < 0.9 ? 1 + Math.floor(random() * 40) : Math.floor(random() * 20_000);
      // Memory of its own, as a socket gives it.
      framer.push(Buffer.allocUnsafeSlow(size).fill(0x78));
      arrived += size;
      assert.ok(framer.pending <= 3 * arrived + 16_384, `${framer.pending} bytes for ${arrived}`);
    }
    const [whole] = framer.push(Buffer.from('\x1c\r'));
    assert.ok(whole?.kind === 'frame');
    assert.equal(whole.bytes.length, arrived - 1);
    assert.equal(framer.pending, 0);
  });
});

function cut(stream: Buffer, size: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const to = at + size();
    chunks.push(stream.subarray(at, to));
    at = to;
  }
  return chunks;
}
