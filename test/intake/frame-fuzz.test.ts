import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Hl7Message, type MessageSummary } from '../../engine/index.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { IntakeBench, subscription } from '../kit/intake-bench.ts';
import { framesOf, type ReferenceFrame } from '../kit/mllp-reference.ts';
import { counts } from '../kit/requires.ts';
import { seededRandom } from '../kit/seeded-random.ts';

const CONNECTIONS = 8;
/** Frames of one connection, good and bad. */
const FRAMES = 25;
/** Of one that is too large, all is kept that has come until that is seen: at least this much. */
const LIMITS = { maxFrameBytes: 4_000, keepOfBroken: 4_000 };
const asKept = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes.subarray(0, LIMITS.keepOfBroken)).digest('base64');

type Random = () => number;
const upTo = (random: Random, limit: number): number => Math.floor(random() * limit);

const good = (controlId: string, more = 0): Buffer =>
  Buffer.from(
    oru({ controlId, patient: 'MRN1', observations: [potassium('4.1')] }).trimEnd() + '\rNTE|1|é'.repeat(more) + '\r',
  );

/** What goes wrong on the way, each by its name. */
const FAULTS: Readonly<Record<string, (frame: Buffer, random: Random) => Buffer>> = {
  'bytes are others': (frame, random) => {
    const changed = Buffer.from(frame);
    for (let i = 0; i <= upTo(random, 6); i++) changed[upTo(random, changed.length)] = upTo(random, 256);
    return changed;
  },
  'control bytes come in': (frame, random) => {
    const at = upTo(random, frame.length);
    const bytes = [0x0b, 0x1c, 0x0d, 0x0a, 0x00].filter(() => random() < 0.5);
    return Buffer.concat([frame.subarray(0, at), Buffer.from(bytes), frame.subarray(at)]);
  },
  'a stretch is lost': (frame, random) => {
    const at = upTo(random, frame.length);
    return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + upTo(random, 60))]);
  },
  'its end is lost': (frame, random) => frame.subarray(0, upTo(random, frame.length)),
  'its beginning is lost': (frame, random) => frame.subarray(1 + upTo(random, frame.length - 1)),
  'it is too large': (frame) => Buffer.concat([frame.subarray(0, -2), Buffer.alloc(4_000, 'x'), frame.subarray(-2)]),
  'it has no content': () => Buffer.from('\x0b\x1c\r'),
  'it is no HL7': () => Buffer.from('\x0bhello\x1c\r'),
  'something else is sent': (_frame, random) => Buffer.from(Array.from({ length: 80 }, () => upTo(random, 256))),
};
const faults = Object.values(FAULTS);

/** The stream of a sender: about one frame in three is a good one. */
function streamOf(random: Random, name: string): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const sent = Buffer.concat([Buffer.of(0x0b), good(`${name}-${i}`, upTo(random, 4)), Buffer.of(0x1c, 0x0d)]);
    const fault = faults[upTo(random, faults.length * 1.5)];
    parts.push(fault ? fault(sent, random) : sent);
  }
  return Buffer.concat(parts);
}

describe('faulty senders on many connections', () => {
  let bench: IntakeBench;
  beforeEach(async () => {
    bench = await IntakeBench.start({ maxFrameBytes: LIMITS.maxFrameBytes }, undefined, [subscription('one/in')]);
  });
  afterEach(() => bench.stop());

  /** Sends it in pieces, closes this half, and gives the answers. */
  async function send(stream: Buffer, random: Random): Promise<readonly Buffer[]> {
    const peer = await bench.connect();
    for (let at = 0; at < stream.length;) {
      const to = at + 1 + upTo(random, random() < 0.5 ? 40 : 3_000);
      if (!peer.socket.write(stream.subarray(at, to)) || random() < 0.2) await new Promise(setImmediate);
      at = to;
    }
    peer.socket.end();
    await peer.ended();
    return peer.answers;
  }

  async function all(): Promise<readonly MessageSummary[]> {
    const found: MessageSummary[] = [];
    for (;;) {
      const last = found.at(-1);
      const page = await bench.store.journal.list({ limit: 500, ...(last && { before: last.seq }) });
      found.push(...page);
      if (page.length < 500) return found;
    }
  }

  it('have every frame answered and kept: good ones accepted as they came, bad ones in quarantine', async function () {
    this.timeout(1_800_000);
    const rounds = counts(10, 250);
    const met = { accepted: 0, quarantined: 0 };
    let most = 0;
    const before = process.memoryUsage();
    const expected = new Map<string, number>();
    for (let seed = 1; seed <= rounds; seed++) {
      const random = seededRandom(seed);
      const streams = Array.from({ length: CONNECTIONS }, (_, i) => streamOf(random, `S${seed}C${i}`));
      const answers = await Promise.all(streams.map((stream, i) => send(stream, seededRandom(seed * 100 + i))));
      for (const [i, stream] of streams.entries()) {
        const frames = framesOf(stream, LIMITS).filter(({ kind }) => kind !== 'junk');
        compare(frames, answers[i] ?? [], `seed ${seed}, connection ${i}`);
        for (const { bytes } of frames) {
          const text = asKept(bytes);
          expected.set(text, (expected.get(text) ?? 0) + 1);
        }
      }
      // What the test itself keeps is not to count.
      bench.changes.length = 0;
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      most = Math.max(most, arrayBuffers + heapUsed - before.arrayBuffers - before.heapUsed);
    }
    const kept = await all();
    for (const { id, state } of kept) {
      const text = asKept((await bench.store.journal.bytes(id)) ?? Buffer.alloc(0));
      const left = expected.get(text) ?? 0;
      assert.ok(left > 0, `message ${id} was never sent so`);
      expected.set(text, left - 1);
      if (state === 'quarantined') met.quarantined++;
      else if (state === 'accepted') met.accepted++;
    }
    assert.deepEqual([...expected.values()].filter((left) => left > 0).length, 0, 'none is lost');
    const sent = rounds * CONNECTIONS * FRAMES;
    assert.ok(met.accepted > sent / 4 && met.quarantined > sent / 10, JSON.stringify(met));
    const { refused } = bench.intake.status()[0] ?? {};
    assert.ok((refused?.junk ?? 0) > 0);
    assert.deepEqual([refused?.notKept, refused?.backlogFull, refused?.unfinished, refused?.connections], [0, 0, 0, 0]);
    assert.ok(most < 200e6, `${Math.round(most / 1e6)} MB`);
  });

  function compare(frames: readonly ReferenceFrame[], answers: readonly Buffer[], where: string): void {
    assert.equal(answers.length, frames.length, `${where}: one answer for each frame`);
    for (const [i, frame] of frames.entries()) {
      const answer = Hl7Message.parse(answers[i] ?? Buffer.alloc(0));
      const code = answer.get('MSA-1');
      const sent = controlIdOf(frame.bytes);
      const at = `${where}, frame ${i}`;
      assert.ok(code === 'AE' || (code === 'AA' && frame.kind === 'frame'), `${at}: ${frame.kind} is answered ${code}`);
      assert.equal(answer.get('MSA-2'), sent, `${at}: MSA-2`);
      if (
        frame.kind === 'frame' &&
        /^S\d+C\d+-\d+$/.test(sent) &&
        [0, 1, 2, 3].some((more) => good(sent, more).equals(frame.bytes))
      )
        assert.equal(code, 'AA', `${at}: nothing was wrong with it`);
    }
  }
});

/** MSH-10 where there is a header to read; what is not decodable is not compared. */
function controlIdOf(bytes: Buffer): string {
  try {
    return Hl7Message.parse(bytes).get('MSH-10');
  } catch {
    return '';
  }
}
