/** Shares of the lanes: bulk never starves stat, and stat never stops bulk. */
import assert from 'node:assert/strict';
import { array, assert as holds, constantFrom, integer, property, subarray } from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { LANES, type Lane } from '../../engine/index.ts';
import { LANE_TARGETS, LANE_WEIGHTS, LaneShares } from '../../engine/queue/lanes.ts';
import { QueueBench } from '../kit/queue-bench.ts';
import { DONE, RecordingSource } from '../kit/recording-source.ts';

describe('places shared among lanes', () => {
  const open = subarray([...LANES], { minLength: 1 });

  it('are given by weight, each place to one lane, however the claims are cut', () => {
    let checked = 0;
    holds(
      property(open, array(integer({ min: 1, max: 128 }), { minLength: 1, maxLength: 60 }), (lanes, claims) => {
        const shares = new LaneShares();
        const got = new Map<Lane, number>();
        let total = 0;
        for (const places of claims) {
          const parts = shares.share(places, lanes);
          assert.equal(
            parts.reduce((sum, { limit }) => sum + limit, 0),
            places,
          );
          for (const { limit, lanes: order } of parts) {
            assert.deepEqual(order.toSorted(), lanes.toSorted(), 'what one lane leaves goes to the others');
            const [first] = order;
            if (first) got.set(first, (got.get(first) ?? 0) + limit);
          }
          total += places;
        }
        const weights = lanes.reduce((sum, lane) => sum + LANE_WEIGHTS[lane], 0);
        for (const lane of lanes) {
          const due = (total * LANE_WEIGHTS[lane]) / weights;
          assert.ok(Math.abs((got.get(lane) ?? 0) - due) <= lanes.length, `${lane}: ${got.get(lane)} of ${due}`);
          checked++;
        }
      }),
      { numRuns: 200, seed: 4711 },
    );
    assert.ok(checked > 200);
  });

  it('never leave a lane without its turn, however late the others are', () => {
    holds(
      property(constantFrom(...LANES), integer({ min: 0, max: 10 ** 9 }), (lane, ms) => {
        const shares = new LaneShares();
        for (const other of LANES) if (other !== lane) shares.waited(other, ms);
        const turns = shares.share(64, LANES);
        assert.ok(
          turns.some(({ lanes: [first] }) => first === lane),
          `${lane} had no turn in 64`,
        );
      }),
      { numRuns: 100, seed: 4711 },
    );
  });

  it('are more for a lane that has waited beyond its target, at most four times as many', () => {
    const shareOf = (lane: Lane, waited: number): number => {
      const shares = new LaneShares();
      shares.waited(lane, waited);
      return shares.share(900, LANES).find(({ lanes: [first] }) => first === lane)?.limit ?? 0;
    };
    assert.equal(shareOf('bulk', LANE_TARGETS.bulk), 60);
    assert.equal(shareOf('bulk', LANE_TARGETS.bulk * 2), 112);
    assert.equal(shareOf('bulk', LANE_TARGETS.bulk * 100), 200);
  });
});

describe('a source that more lanes want than it has places for', () => {
  let bench: QueueBench;
  beforeEach(async () => {
    bench = await QueueBench.open();
  });
  afterEach(() => bench.close());

  const fill = async (lane: Lane, count: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: count }, (_, i) => bench.accept({ controlId: `${lane}${i}`, lane, subscription: 'a/in' })),
    );
  };
  /** Lanes in the order of their delivery, each item done at once. */
  const deliverAll = async (count: number, capacity: number, held: readonly Lane[] = []): Promise<Lane[]> => {
    const source = new RecordingSource('a/in', { capacity });
    const dispatcher = bench.dispatcher('test', { held: { source: () => false, lane: (lane) => held.includes(lane) } });
    source.onDeliver = (work) => void dispatcher.finish(work, DONE);
    dispatcher.addSource(source);
    dispatcher.start();
    await bench.until(`${count} are delivered`, () => source.taken.length === count);
    return source.taken.map(({ lane }) => lane);
  };

  for (const capacity of [1, 4, 64]) {
    it(`serves stat first and bulk all the same, with ${capacity} at once`, async () => {
      await fill('bulk', 200);
      await fill('stat', 200);
      const order = await deliverAll(400, capacity);
      // The first claim does not know yet that there is more than fits.
      const bulk = order.slice(capacity, capacity + 100).filter((lane) => lane === 'bulk').length;
      assert.ok(bulk >= 4, `bulk got ${bulk} of 100: stat stops it`);
      assert.ok(bulk <= 25, `bulk got ${bulk} of 100: it keeps stat waiting`);
    });
  }

  it('takes everything most urgent first while there is room for all', async () => {
    for (const lane of ['bulk', 'routine', 'urgent', 'stat'] as const) await fill(lane, 3);
    const order = await deliverAll(12, 64);
    assert.deepEqual(
      order,
      ['stat', 'urgent', 'routine', 'bulk'].flatMap((lane) => [lane, lane, lane]),
    );
  });

  it('leaves alone what an operator has stopped, and takes it up when it goes on', async () => {
    await fill('bulk', 5);
    await fill('stat', 5);
    const held = new Set<string>(['bulk']);
    const source = new RecordingSource('a/in');
    const dispatcher = bench.dispatcher('test', {
      held: { source: () => held.has('a'), lane: (lane) => held.has(lane) },
    });
    source.onDeliver = (work) => void dispatcher.finish(work, DONE);
    dispatcher.addSource(source);
    dispatcher.start();
    await bench.until('stat is delivered', () => source.taken.length === 5);
    await bench.rest();
    assert.ok(source.taken.every(({ lane }) => lane === 'stat'));
    held.add('a');
    held.delete('bulk');
    dispatcher.wake();
    await bench.rest();
    assert.equal(source.taken.length, 5);
    held.clear();
    dispatcher.wake();
    await bench.until('all are delivered', () => source.taken.length === 10);
  });
});
