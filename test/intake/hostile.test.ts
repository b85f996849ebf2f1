import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { Hl7Message } from '../../engine/index.ts';
import { counts } from '../kit/requires.ts';
import { oru, potassium } from '../kit/hl7-messages.ts';
import { IntakeBench, subscription } from '../kit/intake-bench.ts';

const good = (controlId: string): Buffer =>
  Buffer.from(oru({ controlId, patient: 'MRN1', observations: [potassium('4.1')] }));

/** A message with a stretch of it replaced by other bytes; never one that a framer would cut in two. */
const mutated = fc.tuple(fc.nat(500), fc.nat(30), fc.uint8Array({ maxLength: 12 })).map(([at, length, noise]) => {
  const message = good('MUTATED');
  const bytes = [...message.subarray(0, at), ...noise, ...message.subarray(at + length)];
  return Buffer.from(bytes.filter((byte) => byte !== 0x0b && byte !== 0x1c));
});

describe('a stream of garbled frames', () => {
  it('is answered frame by frame, all kept as they came, and the good ones between are accepted', async function () {
    this.timeout(600_000);
    const frames = fc.sample(mutated, { seed: 31, numRuns: counts(250, 20_000) });
    const bench = await IntakeBench.start({}, undefined, [subscription('one/in', ['ORU^R01'])]);
    try {
      const peer = await bench.connect();
      for (const [i, content] of frames.entries()) {
        peer.frame(content);
        peer.frame(good(`GOOD-${i}`));
      }
      const answers = (await peer.wait(frames.length * 2)).map((answer) => Hl7Message.parse(answer));
      const accepted = answers.filter((_, i) => i % 2 === 1).map((answer) => answer.get('MSA-1') + answer.get('MSA-2'));
      assert.deepEqual(
        accepted,
        frames.map((_, i) => `AAGOOD-${i}`),
      );
      const codes = new Set(answers.filter((_, i) => i % 2 === 0).map((answer) => answer.get('MSA-1')));
      assert.deepEqual([...codes].toSorted(), ['AA', 'AE']);
      const { total, quarantined, unrouted, resend } = await bench.store.journal.counts();
      assert.equal(total, frames.length * 2);
      assert.ok(quarantined > 0 && unrouted > 0, `${quarantined} quarantined, ${unrouted} unrouted, ${resend} resend`);
      const newest = await bench.store.journal.list({ limit: 1000 });
      const kept = await Promise.all(
        newest.map(async ({ id }) => Buffer.from((await bench.store.journal.bytes(id)) ?? [])),
      );
      const sent = new Set(frames.slice(-200).map((content) => content.toString('latin1')));
      for (const bytes of kept) sent.delete(bytes.toString('latin1'));
      assert.equal(sent.size, 0);
    } finally {
      await bench.stop();
    }
  });
});
