import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Lane, Store, TraceStep } from '../../engine/index.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DEAD,
  DONE,
  FAILURE,
  newChild,
  newMessage,
  newWork,
  retryAt,
  settleAs,
  SUBSCRIPTION,
  T0,
  WINDOW,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const STEP: TraceStep = {
  branch: 'b1',
  parent: null,
  node: { id: 'n1', type: 'function', name: 'shape' },
  at: T0 + 1,
  ms: 0.25,
  outcome: 'settled',
  to: [
    { node: 'n2', port: 1 },
    { node: 'n3', port: null },
  ],
  note: 'two rows matched',
};

export function describeWork(adapter: StoreAdapter): void {
  describe('work queue', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const claimSingle = async (now = T0) => {
      const [claimed] = await claimOf(store, 1, { now });
      assert.ok(claimed, 'something is claimable');
      return claimed;
    };
    const stateOf = async (messageId: string) => (await store.journal.get(messageId))?.state;

    it('hands a claim the message it is owed for', async () => {
      const item = await acceptOne(store, { lane: 'urgent' }, { body: 'MSH|content', controlId: 'C9' });
      const claimed = await claimSingle();
      assert.equal(Buffer.from(claimed.message.bytes).toString(), 'MSH|content');
      assert.equal(claimed.message.controlId, 'C9');
      assert.equal(claimed.messageId, item.messageId);
      assert.equal(claimed.correlationId, item.correlationId);
      assert.equal(claimed.traceparent, item.traceparent);
      assert.deepEqual(
        [claimed.attempt, claimed.countedAttempts, claimed.firstDeliveredAt, claimed.pinnedVersion, claimed.child],
        [1, 1, T0, null, null],
      );
      assert.equal(await stateOf(item.messageId), 'processing');
    });

    it('shows a claim what was accepted right before it, where calls take effect in order', async () => {
      const message = newMessage({ body: 'MSH|content' });
      const accepted = store.journal.accept(message, [newWork(message)], WINDOW);
      const claims = store.ordered ? claimOf(store, 1) : accepted.then(() => claimOf(store, 1));
      const [claimed] = await claims;
      assert.equal((await accepted).kind, 'accepted');
      assert.equal(claimed?.messageId, message.id);
      assert.equal(Buffer.from(claimed.message.bytes).toString(), 'MSH|content');
    });

    it('brings the bytes again with each delivery', async () => {
      await acceptOne(store, {}, { body: 'MSH|content' });
      for (let delivery = 1; delivery <= 3; delivery++) {
        const claimed = await claimSingle();
        assert.equal(Buffer.from(claimed.message.bytes).toString(), 'MSH|content', `delivery ${delivery}`);
        await settleAs(store, claimed, retryAt(T0));
      }
    });

    it('claims for several sources in one call, each within its limit', async () => {
      for (let i = 0; i < 3; i++) await acceptOne(store);
      await acceptOne(store, { subscription: 'flow-b/in' });
      const request = { owner: 'test', now: T0, leaseUntil: T0 + 1 };
      const claimed = await store.work.claim([
        { ...request, subscription: SUBSCRIPTION, limit: 2 },
        { ...request, subscription: 'flow-b/in', limit: 2 },
        { ...request, subscription: 'flow-c/in', limit: 2 },
      ]);
      assert.deepEqual(
        claimed.map((work) => work.subscription),
        [SUBSCRIPTION, SUBSCRIPTION, 'flow-b/in'],
      );
    });

    it('never gives one item to two claimers that race on two stores', async () => {
      const second = await opened.open(place);
      const accepted: string[] = [];
      for (let i = 0; i < 200; i++) accepted.push((await acceptOne(store, { orderingKey: `k${i % 7}` })).id);
      const seen: string[] = [];
      const running = new Map<string, string>();
      const worker = async (from: Store, owner: string): Promise<void> => {
        for (let idle = 0; idle < 20;) {
          const claimed = await claimOf(from, 3, { owner });
          idle = claimed.length === 0 ? idle + 1 : 0;
          for (const work of claimed) {
            const key = work.orderingKey ?? '';
            assert.equal(running.get(key), undefined, 'two items of one key at once');
            running.set(key, work.id);
            seen.push(work.id);
          }
          for (const work of claimed) {
            running.delete(work.orderingKey ?? '');
            assert.equal(await settleAs(from, work, DONE), 'settled');
          }
        }
      };
      await Promise.all([worker(store, 'one'), worker(second, 'two'), worker(store, 'three')]);
      assert.deepEqual(seen.toSorted(), accepted.toSorted());
      assert.equal((await store.work.counts()).done, 200);
    });

    it('records an attempt with its steps, and the item is done', async () => {
      const item = await acceptOne(store);
      const claimed = await claimSingle(T0 + 5);
      assert.equal((await store.work.get(item.id))?.attempts[0]?.outcome, 'running');
      const request = { workId: claimed.id, fence: claimed.fence, at: T0 + 9, trace: [STEP], version: 'v1' };
      assert.equal(await store.work.settle({ ...request, settlement: DONE }), 'settled');
      const view = await store.work.get(item.id);
      assert.deepEqual(view?.attempts, [
        {
          attempt: 1,
          startedAt: T0 + 5,
          endedAt: T0 + 9,
          version: 'v1',
          outcome: 'done',
          failure: null,
          steps: [STEP],
        },
      ]);
      assert.equal(view.state, 'done');
      assert.equal(view.settledAt, T0 + 9);
      assert.equal(await stateOf(item.messageId), 'done');
    });

    it('refuses a settling under a fence that was lost', async () => {
      const item = await acceptOne(store);
      const lost = await claimSingle();
      await store.work.expireLeases(T0 + 60_000);
      assert.equal(await settleAs(store, lost, DONE), 'lost-lease', 'nobody holds it');
      const held = await claimSingle(T0 + 60_000);
      assert.ok(held.fence > lost.fence);
      assert.equal(await settleAs(store, lost, DEAD), 'lost-lease', 'somebody else holds it');
      assert.equal(await store.work.renew(lost.id, lost.fence, T0 + 99_000), false);
      assert.equal(await settleAs(store, held, DONE), 'settled');
      assert.equal(await settleAs(store, held, DONE), 'lost-lease', 'it is settled already');
      const view = await store.work.get(item.id);
      assert.deepEqual(
        view?.attempts.map((attempt) => attempt.outcome),
        ['interrupted', 'done'],
      );
      assert.equal((await store.journal.get(item.messageId))?.recovered, true);
    });

    it('does nothing else when a settling comes too late', async () => {
      const item = await acceptOne(store);
      const lost = await claimSingle();
      await store.work.expireLeases(T0 + 60_000);
      const children = [newChild(item, 'late')];
      const audit = [auditEntry('effect.done')];
      const request = { workId: lost.id, fence: lost.fence, at: T0, settlement: DONE, trace: [], version: null };
      assert.equal(await store.work.settle({ ...request, children, audit }), 'lost-lease');
      assert.equal((await store.work.ofMessage(item.messageId)).length, 1);
      assert.equal((await store.audit.head()).seq, 0);
    });

    it('keeps a renewed lease', async () => {
      await acceptOne(store);
      const claimed = await claimSingle();
      assert.equal(await store.work.renew(claimed.id, claimed.fence, T0 + 90_000), true);
      assert.equal(await store.work.expireLeases(T0 + 60_000), 0);
      assert.equal(await store.work.nextDue(T0), T0 + 90_000);
      assert.equal(await store.work.expireLeases(T0 + 90_000), 1);
    });

    it('retries at the time given, counting only what counts', async () => {
      const item = await acceptOne(store);
      await settleAs(store, await claimSingle(), retryAt(T0 + 100.5, false));
      assert.equal(await stateOf(item.messageId), 'waiting');
      assert.equal((await store.journal.get(item.messageId))?.retryAt, T0 + 101);
      assert.deepEqual((await store.journal.get(item.messageId))?.reason, { code: FAILURE.code, text: FAILURE.text });
      assert.equal(await store.work.nextDue(T0), T0 + 101);
      assert.deepEqual(await claimOf(store, 1, { now: T0 + 100 }), []);
      const second = await claimSingle(T0 + 101);
      assert.deepEqual([second.attempt, second.countedAttempts], [2, 1]);
      assert.equal(second.firstDeliveredAt, T0);
      await settleAs(store, second, retryAt(T0 + 200));
      const third = await claimSingle(T0 + 200);
      assert.deepEqual([third.attempt, third.countedAttempts], [3, 2]);
      await settleAs(store, third, DONE);
      const message = await store.journal.get(item.messageId);
      assert.deepEqual([message?.state, message?.recovered, message?.reason], ['done', true, null]);
      assert.equal(await store.work.nextDue(T0), null);
    });

    it('shows a dead letter with its failure, and takes it up again when redriven', async () => {
      const item = await acceptOne(store);
      const claimed = await claimSingle();
      await store.work.pin(claimed.id, claimed.fence, 'v1');
      await settleAs(store, claimed, DEAD);
      assert.equal(await stateOf(item.messageId), 'dead');
      assert.deepEqual((await store.work.get(item.id))?.failure, FAILURE);
      assert.equal(await store.work.redrive('nobody', T0, auditEntry('work.redriven')), 'unknown');
      assert.equal(await store.work.redrive(item.id, T0, auditEntry('work.redriven')), 'redriven');
      assert.equal(await store.work.redrive(item.id, T0, auditEntry('work.redriven')), 'not-dead');
      assert.equal((await store.audit.head()).seq, 1, 'one redrive, one record');
      const again = await claimSingle();
      assert.deepEqual([again.attempt, again.countedAttempts, again.pinnedVersion], [2, 1, null]);
      await settleAs(store, again, DONE);
      assert.equal((await store.journal.get(item.messageId))?.recovered, true);
    });

    it('discards what is dead or waits, with the reason, and nothing else', async () => {
      const item = await acceptOne(store);
      const audit = auditEntry('work.discarded');
      const claimed = await claimSingle();
      assert.equal(await store.work.discard(item.id, T0, 'why', audit), 'not-open');
      await settleAs(store, claimed, DEAD);
      assert.equal(await store.work.discard(item.id, T0, 'why', audit), 'discarded');
      assert.equal(await store.work.discard(item.id, T0, 'why', audit), 'not-open');
      assert.equal(await store.work.discard('nobody', T0, 'why', audit), 'unknown');
      assert.equal((await store.work.get(item.id))?.discardReason, 'why');
      assert.equal(await stateOf(item.messageId), 'discarded');
    });

    it('pins the version of the first delivery', async () => {
      await acceptOne(store);
      const claimed = await claimSingle();
      assert.equal(await store.work.pin(claimed.id, claimed.fence, 'v1'), 'v1');
      assert.equal(await store.work.pin(claimed.id, claimed.fence, 'v2'), 'v1');
      await settleAs(store, claimed, retryAt(T0));
      assert.equal((await claimSingle()).pinnedVersion, 'v1');
    });

    it('gives back what an owner of an earlier life held, after reopening', async () => {
      const item = await acceptOne(store);
      await acceptOne(store);
      await claimOf(store, 1, { owner: 'earlier' });
      await claimOf(store, 1, { owner: 'other' });
      const reopened = await opened.open(place);
      assert.equal(await reopened.work.release('earlier', T0 + 1), 1);
      const [again] = await claimOf(reopened, 10, { owner: 'later' });
      assert.equal(again?.id, item.id);
      assert.equal(again?.attempt, 2);
      assert.equal((await reopened.work.counts()).claimed, 2);
    });

    it('begins children with the settling, each key once', async () => {
      const item = await acceptOne(store);
      const claimed = await claimSingle();
      const children = [newChild(item, 'c1'), newChild(item, 'c1'), newChild(item, 'c2')];
      const request = { workId: claimed.id, fence: claimed.fence, at: T0, trace: [], version: null };
      await store.work.settle({ ...request, settlement: DONE, children });
      assert.equal(await store.work.addChild(newChild(item, 'c2')), 'exists');
      assert.equal(await store.work.addChild(newChild(item, 'c3')), 'added');
      assert.equal(await stateOf(item.messageId), 'accepted', 'the children are owed');
      const given = await claimOf(store, 10, { subscription: 'flow-a/child' });
      assert.deepEqual(
        given.map((work) => work.child),
        ['c1', 'c2', 'c3'].map((key) => ({ parentWorkId: item.id, key, kind: 'queue', data: { step: 1 } })),
      );
      for (const work of given) await settleAs(store, work, DONE);
      assert.equal(await stateOf(item.messageId), 'done');
    });

    it('refuses work for a message that is not there', async () => {
      const orphan = newChild({ id: 'w', messageId: 'nobody' }, 'orphan');
      await assert.rejects(store.work.addChild(orphan), { code: 'store-unknown-message' });
    });

    it('keeps a parked child out of reach until it is unparked, by key and once', async () => {
      const item = await acceptOne(store);
      await settleAs(store, await claimSingle(), DONE);
      const child = { parentWorkId: item.id, key: 'wait', kind: 'park', data: { a: 1 }, state: 'parked' } as const;
      await store.work.addChild(newChild(item, 'wait', { child }));
      assert.equal(await stateOf(item.messageId), 'parked');
      assert.deepEqual(await claimOf(store, 1, { subscription: 'flow-a/child' }), []);
      assert.equal(await store.work.unpark('nothing', T0), false);
      assert.equal(await store.work.unpark('wait', T0, { answer: 'yes' }), true);
      assert.equal(await store.work.unpark('wait', T0), false);
      const [claimed] = await claimOf(store, 1, { subscription: 'flow-a/child' });
      assert.deepEqual(claimed?.child?.data, { answer: 'yes' });
    });

    it('shows the most pressing state of a message with several items', async () => {
      const message = newMessage();
      const items = [newWork(message), newWork(message, { subscription: 'flow-b/in', definition: 'flow-b' })];
      await store.journal.accept(message, items, WINDOW);
      assert.deepEqual((await store.journal.get(message.id))?.definitions, ['flow-a', 'flow-b']);
      const first = await claimSingle();
      assert.equal(await stateOf(message.id), 'processing');
      await settleAs(store, first, DONE);
      assert.equal(await stateOf(message.id), 'accepted');
      const [second] = await claimOf(store, 1, { subscription: 'flow-b/in' });
      assert.ok(second);
      await settleAs(store, second, DEAD);
      assert.equal(await stateOf(message.id), 'dead');
    });

    it('tells the backlog of each source with its oldest', async () => {
      await acceptOne(store, { createdAt: T0 - 50 });
      await acceptOne(store, { createdAt: T0 - 10 });
      await settleAs(store, await claimSingle(), DEAD);
      await acceptOne(store, { subscription: 'flow-b/in', createdAt: T0 });
      assert.deepEqual(
        (await store.work.backlog()).toSorted((a, b) => a.oldest - b.oldest),
        [
          { subscription: SUBSCRIPTION, state: 'dead', count: 1, oldest: T0 - 50 },
          { subscription: SUBSCRIPTION, state: 'waiting', count: 1, oldest: T0 - 10 },
          { subscription: 'flow-b/in', state: 'waiting', count: 1, oldest: T0 },
        ],
      );
    });

    it('claims from the lanes named only, in the order named', async () => {
      const ids = new Map<string, string>();
      for (const lane of ['bulk', 'stat', 'routine', 'urgent'] as const)
        ids.set((await acceptOne(store, { lane })).id, lane);
      const take = async (lanes: readonly Lane[], limit: number): Promise<(string | undefined)[]> => {
        const request = { subscription: SUBSCRIPTION, owner: 'test', now: T0, leaseUntil: T0 + 1 };
        return (await store.work.claim([{ ...request, lanes, limit }])).map(({ id }) => ids.get(id));
      };
      assert.deepEqual(await take([], 9), []);
      assert.deepEqual(await take(['bulk', 'routine', 'stat'], 2), ['bulk', 'routine']);
      assert.deepEqual(await take(['bulk', 'urgent'], 9), ['urgent']);
      assert.deepEqual(await take(['stat'], 9), ['stat']);
    });

    it('claims the head of a key in the lane that it inherited', async () => {
      const head = await acceptOne(store, { lane: 'bulk', orderingKey: 'k' });
      await acceptOne(store, { lane: 'stat', orderingKey: 'k' });
      const request = { subscription: SUBSCRIPTION, limit: 9, owner: 'test', now: T0, leaseUntil: T0 + 1 };
      assert.deepEqual(await store.work.claim([{ ...request, lanes: ['bulk'] }]), []);
      assert.deepEqual(
        (await store.work.claim([{ ...request, lanes: ['stat'] }])).map(({ id }) => id),
        [head.id],
      );
    });

    it('brings forward what waits for an endpoint, the oldest first, and nothing else', async () => {
      const waitFor = async (endpoint: string | null, at: number): Promise<string> => {
        const item = await acceptOne(store);
        const failure = { ...FAILURE, ...(endpoint !== null && { waitsFor: { endpoint, held: false } }) };
        await settleAs(store, await claimSingle(), { kind: 'retry', at, counts: false, failure });
        return item.id;
      };
      const first = await waitFor('ehr', T0 + 5000);
      const second = await waitFor('ehr', T0 + 5000);
      const soon = await waitFor('ehr', T0 + 1);
      const other = await waitFor('lab', T0 + 5000);
      const none = await waitFor(null, T0 + 5000);
      const dueAt = async (id: string): Promise<number | null | undefined> => (await store.work.get(id))?.notBefore;
      assert.equal(await store.work.hasten('ehr', T0 + 10, 1), 1);
      assert.deepEqual([await dueAt(first), await dueAt(second)], [T0 + 10, T0 + 5000]);
      assert.equal(await store.work.hasten('ehr', T0 + 20, 9), 1);
      assert.deepEqual(await Promise.all([first, second, soon, other, none].map(dueAt)), [
        T0 + 10,
        T0 + 20,
        T0 + 1,
        T0 + 5000,
        T0 + 5000,
      ]);
      assert.equal(await store.work.nextDue(T0), T0 + 1);
      assert.deepEqual(
        (await claimOf(store, 9, { now: T0 + 20 })).map(({ id }) => id),
        [first, second, soon],
      );
      assert.equal(await store.work.hasten('ehr', T0, 9), 0, 'what runs does not wait');
      assert.equal((await store.work.get(first))?.failure?.waitsFor?.endpoint, 'ehr');
    });

    it('lets the deadline begin anew where a retry says so', async () => {
      const item = await acceptOne(store);
      const held = { kind: 'retry', at: T0 + 10, counts: false, failure: FAILURE, anew: true } as const;
      await settleAs(store, await claimSingle(), held);
      assert.equal((await store.work.get(item.id))?.firstDeliveredAt, null);
      assert.equal((await claimSingle(T0 + 50)).firstDeliveredAt, T0 + 50);
    });
  });
}
