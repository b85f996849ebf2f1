import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AuditEntry, Dispatcher, WorkView } from '../../engine/index.ts';
import { storeErrors } from '../../engine/store/sqlite/errors.ts';
import { QueueBench } from '../kit/queue-bench.ts';
import { DONE, failedAs, RecordingSource } from '../kit/recording-source.ts';

const SOURCE = 'lab/results';

describe('dispatcher', () => {
  let bench: QueueBench;
  let dispatcher: Dispatcher;
  let source: RecordingSource;

  beforeEach(async () => {
    bench = await QueueBench.open();
    dispatcher = bench.dispatcher();
    source = new RecordingSource(SOURCE);
  });
  afterEach(() => bench.close());

  /** Registers the source and starts. */
  function begin(options?: { readonly capacity?: number; readonly leaseMs?: number }): void {
    source = new RecordingSource(SOURCE, options);
    dispatcher.addSource(source);
    dispatcher.start();
  }
  const delivered = (count: number) =>
    bench
      .until(`${count} deliveries`, () => source.taken.length >= count)
      .then(() => assert.equal(source.taken.length, count));
  const viewOf = async (controlId: string): Promise<WorkView> => {
    const view = await bench.store.work.get(source.of(controlId).id);
    assert.ok(view);
    return view;
  };

  it('delivers what waits and settles it as done', async () => {
    await bench.accept({ controlId: 'A1' });
    begin();
    await delivered(1);
    assert.equal(dispatcher.inFlight(), 1);
    assert.equal(await dispatcher.finish(source.of('A1'), DONE), 'settled');
    assert.equal(dispatcher.inFlight(), 0);
    assert.equal((await viewOf('A1')).state, 'done');
    assert.deepEqual(
      bench.changes.map((change) => change.kind),
      ['message', 'message'],
    );
  });

  it('is woken by new work, and does not ask the store while nothing happens', async () => {
    begin();
    await bench.rest();
    const asked = bench.claims;
    await bench.rest();
    assert.equal(bench.claims, asked);
    await bench.accept({ controlId: 'A1' });
    await bench.rest();
    assert.equal(source.taken.length, 0, 'nobody said that there is work');
    dispatcher.wake();
    await delivered(1);
  });

  it('finds by its slow poll what nobody announced', async () => {
    begin();
    await bench.rest();
    await bench.accept({ controlId: 'A1' });
    bench.clock.advance(30_000);
    await delivered(1);
  });

  it('keeps the order of a key and lets other keys pass', async () => {
    for (const controlId of ['A1', 'A2', 'A3']) await bench.accept({ controlId, key: 'a' });
    await bench.accept({ controlId: 'B1', key: 'b' });
    begin();
    await delivered(2);
    assert.deepEqual(source.order(), ['A1', 'B1']);
    await dispatcher.finish(source.of('A1'), DONE);
    await delivered(3);
    await dispatcher.finish(source.of('A2'), DONE);
    await delivered(4);
    assert.deepEqual(source.order(), ['A1', 'B1', 'A2', 'A3']);
  });

  it('has no more in flight than the source may have, and fills up again with every end', async () => {
    for (let i = 1; i <= 6; i++) await bench.accept({ controlId: `A${i}` });
    begin({ capacity: 2 });
    await delivered(2);
    await bench.rest();
    assert.deepEqual(source.order(), ['A1', 'A2']);
    await dispatcher.finish(source.of('A2'), DONE);
    await delivered(3);
    await bench.rest();
    assert.deepEqual(source.order(), ['A1', 'A2', 'A3']);
    source.onDeliver = (work) => void dispatcher.finish(work, DONE);
    await dispatcher.finish(source.of('A1'), DONE);
    await delivered(6);
  });

  it('keeps the capacity over a deploy that replaces the source', async () => {
    for (let i = 1; i <= 4; i++) await bench.accept({ controlId: `A${i}` });
    const old = new RecordingSource(SOURCE, { capacity: 2 });
    const remove = dispatcher.addSource(old);
    dispatcher.start();
    await bench.until('2 deliveries', () => old.taken.length === 2);
    remove();
    source = new RecordingSource(SOURCE, { capacity: 2 });
    dispatcher.addSource(source);
    await bench.rest();
    assert.equal(source.taken.length, 0, 'the two of the old source are still in flight');
    await dispatcher.finish(old.of('A1'), DONE);
    await delivered(1);
    assert.deepEqual(source.order(), ['A3']);
  });

  it('takes the most urgent lane first', async () => {
    await bench.accept({ controlId: 'ROUTINE', lane: 'routine' });
    await bench.accept({ controlId: 'STAT', lane: 'stat' });
    begin({ capacity: 1 });
    await delivered(1);
    assert.deepEqual(source.order(), ['STAT']);
  });

  it('leaves items of a definition without a source waiting, and takes them when it comes', async () => {
    await bench.accept({ controlId: 'A1', subscription: 'other/feed' });
    begin();
    await bench.rest();
    assert.equal((await bench.store.work.counts()).waiting, 1);
    const other = new RecordingSource('other/feed');
    dispatcher.addSource(other);
    await bench.until('the delivery', () => other.taken.length === 1);
  });

  describe('after a failure', () => {
    it('tries again when the wait has passed, not before, with the failure shown meanwhile', async () => {
      await bench.accept({ controlId: 'A1', key: 'a' });
      await bench.accept({ controlId: 'A2', key: 'a' });
      bench.random = 0.5;
      begin();
      await delivered(1);
      await dispatcher.finish(source.of('A1'), failedAs('transient'));
      const waiting = await viewOf('A1');
      assert.equal(waiting.state, 'waiting');
      assert.equal(waiting.failure?.code, 'test-transient');
      assert.equal(waiting.notBefore, bench.clock.now() + 1000, 'half of the first bound of the routine lane');
      bench.clock.advance(999);
      await bench.rest();
      assert.deepEqual(source.order(), ['A1'], 'its key waits with it');
      bench.clock.advance(1);
      await delivered(2);
      assert.deepEqual(source.order(), ['A1', 'A1']);
      assert.equal(source.of('A1').attempt, 2);
      await dispatcher.finish(source.of('A1'), DONE);
      await delivered(3);
      assert.deepEqual(source.order(), ['A1', 'A1', 'A2']);
    });

    it('waits as long as it was told and counts no attempt', async () => {
      await bench.accept({ controlId: 'A1' });
      bench.random = 0;
      begin();
      for (let i = 1; i <= 3; i++) {
        await delivered(i);
        assert.equal(source.of('A1').countedAttempts, 1);
        await dispatcher.finish(source.of('A1'), failedAs('throttled', 90_000));
        bench.clock.advance(89_999);
        await bench.rest();
        assert.equal(source.taken.length, i);
        bench.clock.advance(1);
      }
      await delivered(4);
    });

    it('makes a permanent failure a dead letter that holds its key until it is redriven, and audits it', async () => {
      await bench.accept({ controlId: 'A1', key: 'a', afterDead: 'hold' });
      await bench.accept({ controlId: 'A2', key: 'a', afterDead: 'hold' });
      await bench.accept({ controlId: 'B1', key: 'b', afterDead: 'hold' });
      begin();
      await delivered(2);
      await dispatcher.finish(source.of('A1'), failedAs('permanent'));
      await dispatcher.finish(source.of('B1'), DONE);
      await bench.rest();
      assert.deepEqual(source.order(), ['A1', 'B1']);
      const dead = await viewOf('A1');
      assert.equal(dead.state, 'dead');
      const [entry] = await bench.store.audit.list({ type: 'work.dead' });
      assert.equal(entry?.workId, dead.id);
      assert.equal(entry?.details['code'], 'test-permanent');

      const audit: AuditEntry = { at: bench.clock.now(), type: 'work.redriven', actor: 'user:ana', details: {} };
      assert.equal(await bench.store.work.redrive(dead.id, bench.clock.now(), audit), 'redriven');
      dispatcher.wake();
      await delivered(3);
      await dispatcher.finish(source.of('A1'), DONE);
      await delivered(4);
      assert.deepEqual(source.order(), ['A1', 'B1', 'A1', 'A2']);
    });

    it('lets the key go on behind a dead letter where its feed says so', async () => {
      await bench.accept({ controlId: 'A1', key: 'a', afterDead: 'continue' });
      await bench.accept({ controlId: 'A2', key: 'a', afterDead: 'continue' });
      begin();
      await delivered(1);
      await dispatcher.finish(source.of('A1'), failedAs('permanent'));
      await delivered(2);
      assert.deepEqual(source.order(), ['A1', 'A2']);
    });

    it('makes a source that throws a dead letter and goes on with the next item', async () => {
      await bench.accept({ controlId: 'A1' });
      await bench.accept({ controlId: 'A2' });
      source = new RecordingSource(SOURCE, { capacity: 1 });
      source.onDeliver = (work) => {
        if (work.message.controlId === 'A1') throw new Error('the flow is broken');
      };
      dispatcher.addSource(source);
      dispatcher.start();
      await delivered(2);
      const view = await viewOf('A1');
      assert.equal(view.state, 'dead');
      assert.equal(view.failure?.code, 'delivery-failed');
      assert.doesNotMatch(JSON.stringify(view.failure), /broken/);
    });

    it('makes an end that the store refuses a dead letter instead of delivering it for ever', async () => {
      await bench.accept({ controlId: 'A1' });
      begin();
      await delivered(1);
      const child = { ...bench.childOf(source.of('A1'), 'later/stage', 'once'), messageId: 'of no message' };
      assert.equal(await dispatcher.finish(source.of('A1'), { ...DONE, children: [child] }), 'settled');
      const view = await viewOf('A1');
      assert.equal(view.state, 'dead');
      assert.equal(view.failure?.code, 'store-unknown-message');
      assert.equal(bench.failures.splice(0).length, 1);
    });

    it('commits child items with done, and not with a failure', async () => {
      await bench.accept({ controlId: 'A1' });
      begin();
      await delivered(1);
      const child = bench.childOf(source.of('A1'), 'later/stage', 'once');
      bench.random = 0;
      await dispatcher.finish(source.of('A1'), { ...failedAs('transient'), children: [child] });
      assert.equal(await bench.store.work.get(child.id), undefined);
      bench.clock.advance(1);
      await delivered(2);
      await dispatcher.finish(source.of('A1'), { ...DONE, children: [child] });
      assert.equal((await bench.store.work.get(child.id))?.state, 'waiting');
    });
  });

  describe('leases', () => {
    it('delivers again when the lease has run out, refuses the late end, and takes the new one', async () => {
      await bench.accept({ controlId: 'A1' });
      begin({ capacity: 1, leaseMs: 20_000 });
      await delivered(1);
      const first = source.of('A1');
      bench.clock.advance(19_999);
      await bench.rest();
      assert.equal(source.taken.length, 1);
      bench.clock.advance(1);
      await delivered(2);
      assert.ok(source.of('A1').fence > first.fence);
      assert.equal(await dispatcher.finish(first, DONE), 'lost-lease');
      assert.equal((await viewOf('A1')).state, 'claimed');
      assert.equal(await dispatcher.finish(source.of('A1'), DONE), 'settled');
      assert.equal((await viewOf('A1')).state, 'done');
    });

    describe('when the store fails while an item is settled', () => {
      const failing = (error: () => Error | undefined): Dispatcher => {
        const { work } = bench.store;
        const settle: typeof work.settle = async (request) => {
          asked.push([bench.clock.now(), request.settlement.kind]);
          const failure = error();
          if (failure) throw failure;
          return work.settle(request);
        };
        return bench.dispatcher('failing', { work: Object.create(work, { settle: { value: settle } }) as typeof work });
      };
      let asked: [number, string][];
      afterEach(() => void bench.failures.splice(0));
      const full = (): Error => storeErrors.create('store-disk-full', { path: 'x' });
      const deliver = async (): Promise<void> => {
        asked = [];
        await bench.accept({ controlId: 'A1' });
        source = new RecordingSource(SOURCE, { leaseMs: 20_000 });
        dispatcher.addSource(source);
        dispatcher.start();
        await delivered(1);
      };

      it('is asked again at once, then ever later, until it answers', async () => {
        let failures = 3;
        dispatcher = failing(() => (failures-- > 0 ? full() : undefined));
        await deliver();
        const begun = bench.clock.now();
        const ending = dispatcher.finish(source.of('A1'), DONE);
        for (const wait of [100, 200, 400]) {
          await bench.rest();
          bench.clock.advance(wait);
        }
        assert.equal(await ending, 'settled');
        assert.deepEqual(
          asked.map(([at]) => at - begun),
          [0, 100, 300, 700],
        );
        assert.equal((await viewOf('A1')).state, 'done');
        assert.equal(source.taken.length, 1, 'it was not delivered again');
        assert.equal(bench.failures.length, 3);
      });

      it('is not asked any more when the lease has run out, nor when all is being stopped', async () => {
        dispatcher = failing(full);
        await deliver();
        const ending = dispatcher.finish(source.of('A1'), DONE);
        for (let i = 0; i < 40; i++) {
          await bench.rest();
          bench.clock.advance(500);
        }
        assert.equal(await ending, 'lost-lease');
        const [last] = asked.at(-1) ?? [0];
        assert.ok(last < source.of('A1').leaseUntil && asked.length > 5);
        await bench.until('it is delivered again', () => source.taken.length === 2);
        const again = dispatcher.finish(source.of('A1'), DONE);
        const draining = dispatcher.drain(0);
        await bench.rest();
        bench.clock.advance(5000);
        await draining;
        assert.equal(await again, 'lost-lease');
      });

      it('decides anew soon where a decision of the item was not kept', async () => {
        let failures = 1;
        dispatcher = failing(() => (failures-- > 0 ? storeErrors.create('store-decision-lost') : undefined));
        await deliver();
        assert.equal(await dispatcher.finish(source.of('A1'), DONE), 'settled');
        assert.deepEqual(
          asked.map(([, kind]) => kind),
          ['done', 'retry'],
        );
        bench.clock.advance(1000);
        await delivered(2);
      });
    });

    it('refuses the second end of one delivery', async () => {
      await bench.accept({ controlId: 'A1' });
      begin();
      await delivered(1);
      const ends = await Promise.all([
        dispatcher.finish(source.of('A1'), DONE),
        dispatcher.finish(source.of('A1'), failedAs('permanent')),
      ]);
      assert.deepEqual(ends, ['settled', 'lost-lease']);
      assert.equal((await viewOf('A1')).state, 'done');
    });

    it('keeps the lease of an item while an effect is in flight, and no longer', async () => {
      await bench.accept({ controlId: 'A1' });
      begin({ leaseMs: 20_000 });
      await delivered(1);
      const effect = Promise.withResolvers<string>();
      const held = dispatcher.holdLease(source.of('A1'), effect.promise);
      for (let i = 0; i < 8; i++) {
        bench.clock.advance(10_000);
        await bench.rest();
      }
      assert.equal(source.taken.length, 1);
      effect.resolve('answered');
      assert.equal(await held, 'answered');
      bench.clock.advance(10_000);
      await bench.rest();
      bench.clock.advance(10_000);
      await delivered(2);
    });

    it('gives an item that was interrupted eight times in a row to a person', async () => {
      await bench.accept({ controlId: 'A1' });
      begin({ leaseMs: 20_000 });
      for (let i = 1; i <= 8; i++) {
        await delivered(i);
        bench.clock.advance(20_000);
      }
      await bench.until('the dead letter', async () => (await viewOf('A1')).state === 'dead');
      assert.equal((await viewOf('A1')).failure?.code, 'interrupted-too-often');
      assert.equal(source.taken.length, 8);
    });
  });

  describe('stopping', () => {
    it('takes nothing new, waits for what is in flight, and then is done', async () => {
      await bench.accept({ controlId: 'A1' });
      begin();
      await delivered(1);
      let drained = false;
      const draining = dispatcher.drain(10_000).then(() => (drained = true));
      await bench.accept({ controlId: 'A2' });
      dispatcher.wake();
      await bench.rest();
      assert.equal(drained, false);
      assert.equal(source.taken.length, 1);
      await dispatcher.finish(source.of('A1'), DONE);
      await draining;
      assert.equal((await viewOf('A1')).state, 'done');
      assert.equal((await bench.store.work.counts()).waiting, 1);
    });

    it('gives back what does not end in time, and refuses its late end', async () => {
      await bench.accept({ controlId: 'A1' });
      begin();
      await delivered(1);
      const draining = dispatcher.drain(10_000);
      await bench.rest();
      bench.clock.advance(10_000);
      await draining;
      assert.equal((await viewOf('A1')).state, 'waiting');
      assert.equal(await dispatcher.finish(source.of('A1'), DONE), 'lost-lease');
      assert.equal((await viewOf('A1')).state, 'waiting');
    });

    it('is done where the store does not answer, and gives back what that hands over later', async () => {
      await bench.accept({ controlId: 'A1' });
      const { work } = bench.store;
      const answer = Promise.withResolvers<void>();
      const claim: typeof work.claim = (requests) => answer.promise.then(() => work.claim(requests));
      const stuck = bench.dispatcher('stuck', {
        work: Object.create(work, { claim: { value: claim } }) as typeof work,
      });
      stuck.addSource(new RecordingSource(SOURCE));
      stuck.start();
      await bench.rest();
      let drained = false;
      const draining = stuck.drain(1000).then(() => (drained = true));
      bench.clock.advance(5999);
      await bench.rest();
      assert.equal(drained, false);
      bench.clock.advance(1);
      await draining;
      answer.resolve();
      await bench.until('it waits again', async () => (await work.counts()).waiting === 1);
      await bench.rest();
      assert.deepEqual([(await work.counts()).waiting, (await work.counts()).claimed], [1, 0]);
    });

    it('starts again after a drain', async () => {
      begin();
      await dispatcher.drain(1000);
      await bench.accept({ controlId: 'A1' });
      dispatcher.start();
      await delivered(1);
    });
  });
});
