import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ClaimedWork } from '../../engine/index.ts';
import { QueueBench } from '../kit/queue-bench.ts';
import { DONE, failedAs, RecordingSource } from '../kit/recording-source.ts';
import { counts } from '../kit/requires.ts';

const KEYS = 9;
const LEASE_MS = 40_000;
/** What an attempt comes to, and how often. `silent` never ends, so that its lease runs out. */
const FATES = [
  ['done', 0.6],
  ['transient', 0.15],
  ['ambiguous', 0.08],
  ['throttled', 0.07],
  ['permanent', 0.05],
  ['silent', 0.05],
] as const;
type Fate = (typeof FATES)[number][0];

/** mulberry32: a fixed seed gives the same run each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fateOf(random: () => number): Fate {
  let left = random();
  for (const [fate, share] of FATES) {
    left -= share;
    if (left < 0) return fate;
  }
  return 'done';
}

describe('dispatcher under random outcomes', function () {
  this.timeout(120_000);
  for (const seed of [1, 2, 3]) {
    it(`ends every item once, in order per key, never two of a key at once (seed ${seed})`, async () => {
      const items = counts(150, 2000);
      const bench = await QueueBench.open();
      try {
        const random = seeded(seed);
        const dispatcher = bench.dispatcher();
        const source = new RecordingSource('lab/results', { capacity: 5, leaseMs: LEASE_MS });
        const active = new Map<string, ClaimedWork>();
        const ended = new Map<string, number[]>();
        let most = 0;
        let finished = 0;
        const problems: string[] = [];

        const end = async (work: ClaimedWork, fate: Exclude<Fate, 'silent'>): Promise<void> => {
          const key = work.orderingKey ?? '';
          active.delete(key);
          const result = fate === 'done' ? DONE : failedAs(fate, 5000);
          if (fate === 'done' || fate === 'permanent') {
            ended.set(key, [...(ended.get(key) ?? []), work.seq]);
            finished++;
          }
          if ((await dispatcher.finish(work, result)) !== 'settled') problems.push(`${fate} was not settled`);
        };
        source.onDeliver = (work) => {
          const key = work.orderingKey ?? '';
          const before = active.get(key);
          const lost = before?.id === work.id && before.leaseUntil <= bench.clock.now();
          if (before && !lost) problems.push('two of one key were in flight');
          active.set(key, work);
          most = Math.max(most, dispatcher.inFlight());
          const fate = fateOf(random);
          if (fate !== 'silent') setImmediate(() => void end(work, fate));
        };
        for (let i = 0; i < items; i++) {
          const key = `key ${Math.floor(random() * KEYS)}`;
          await bench.accept({ controlId: `R${i}`, key, afterDead: 'continue' });
        }
        dispatcher.addSource(source);
        dispatcher.start();
        for (let turn = 0; ; turn++) {
          if (finished === items || problems.length > 0) break;
          assert.ok(turn < items * 20, 'it goes on for ever');
          await bench.rest();
          bench.clock.advance(1000);
        }
        await bench.rest();

        assert.deepEqual(problems, []);
        assert.ok(most <= 5, `${most} in flight`);
        assert.ok(source.taken.length > items, 'some were tried again');
        for (const order of ended.values())
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
          );
        const { done, dead, waiting, claimed } = await bench.store.work.counts();
        assert.deepEqual([done + dead, waiting, claimed], [items, 0, 0]);
        assert.ok(dead > 0);
      } finally {
        await bench.close();
      }
    });
  }
});
