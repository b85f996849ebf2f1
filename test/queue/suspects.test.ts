import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { QueueBench } from '../kit/queue-bench.ts';
import { DONE, failedAs, RecordingSource } from '../kit/recording-source.ts';

const SOURCE = 'lab/results';
const POISON = 'POISON';

describe('an item that ends the process whenever it is delivered', () => {
  let bench: QueueBench;
  const deliveries = new Map<string, number>();
  beforeEach(async () => {
    bench = await QueueBench.open();
    deliveries.clear();
  });
  afterEach(() => bench.close());

  /** One life of the process: neighbours end as `ending` says, unless the poison is in flight with them. */
  async function live(ending: typeof DONE): Promise<'crashed' | 'idle'> {
    const dispatcher = bench.dispatcher();
    const source = new RecordingSource(SOURCE);
    dispatcher.addSource(source);
    dispatcher.start();
    for (let seen = 0, quiet = 0; quiet < 3;) {
      await bench.rest();
      const fresh = source.taken.slice(seen);
      seen += fresh.length;
      for (const { message } of fresh) {
        const id = message.controlId ?? '';
        deliveries.set(id, (deliveries.get(id) ?? 0) + 1);
      }
      if (fresh.some(({ message }) => message.controlId === POISON)) {
        await dispatcher.drain(0);
        return 'crashed';
      }
      for (const work of fresh) await dispatcher.finish(work, ending);
      quiet = fresh.length === 0 ? quiet + 1 : 0;
      bench.clock.advance(1000);
    }
    await dispatcher.drain(0);
    return 'idle';
  }

  it('comes to its limit alone, and its neighbours are done', async () => {
    const items: string[] = [];
    for (const controlId of ['A1', 'A2', POISON, 'A3', 'A4', 'A5']) items.push((await bench.accept({ controlId })).id);
    let crashes = 0;
    while ((await live(DONE)) === 'crashed') assert.ok(++crashes < 20);
    assert.equal(crashes, 8);
    const views = await Promise.all(items.map((id) => bench.store.work.get(id)));
    assert.deepEqual(
      views.map((view) => view?.failure?.code ?? view?.state),
      ['done', 'done', 'interrupted-too-often', 'done', 'done', 'done'],
    );
    for (const neighbour of ['A1', 'A2', 'A3', 'A4', 'A5'])
      assert.ok((deliveries.get(neighbour) ?? 0) <= 3, `${neighbour} was taken along no more than twice`);
  });

  it('is not suspected for retries that ended by themselves', async () => {
    await bench.accept({ controlId: 'A1' });
    await bench.accept({ controlId: 'A2' });
    assert.equal(await live(failedAs('transient')), 'idle');
    const inOneLife = deliveries.get('A1') ?? 0;
    assert.ok(inOneLife > 3);
    assert.equal(deliveries.get('A2'), inOneLife, 'both are delivered side by side');
  });
});
