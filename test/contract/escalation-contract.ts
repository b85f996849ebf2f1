import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Escalation, NewWork, Store } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, newChild, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

export function describeEscalations(adapter: StoreAdapter): void {
  describe('escalations', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    let item: NewWork;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
      item = await acceptOne(store);
    });
    afterEach(() => opened.clear());

    const escalation = (over: Partial<Escalation> = {}): Escalation => ({
      id: 'x1',
      key: 'key-1',
      messageId: item.messageId,
      workId: item.id,
      definition: 'flow-a',
      subscription: 'flow-a/call',
      name: 'call',
      ladder: 'default',
      ladderVersion: 'v1',
      exhausted: 'fallback',
      steps: [{ afterMs: 1000, to: 'role:on-call', channel: 'console', text: 'Look.' }],
      startedAt: T0,
      nextStep: 0,
      nextAt: T0 + 1000,
      state: 'open',
      title: 'A title',
      lane: 'stat',
      watch: { endpoint: 'ehr', reference: 'Task/1' },
      carry: { event: { type: 't' } },
      correlationId: 'c',
      traceparent: 't',
      endedAt: null,
      endedBy: null,
      ...over,
    });
    const child = (key: string): NewWork => newChild(item, key, { subscription: 'flow-a/call' });
    const fire = (step: number, next: { at: number } | 'exhausted', from = store) =>
      from.escalations.fire('x1', step, child(`step-${step}`), next, auditEntry('escalation.step'));
    const end = (state: 'acknowledged' | 'cancelled', by: string, from = store) =>
      from.escalations.end(
        'x1',
        state,
        { actor: by, via: 'console', reason: 'seen' },
        T0 + 5,
        child('ended'),
        auditEntry(`escalation.${state}`, { actor: by }),
      );
    const children = async () => (await claimOf(store, 100, { subscription: 'flow-a/call' })).length;

    it('starts once for a key', async () => {
      assert.deepEqual(await store.escalations.start(escalation()), { kind: 'started', escalation: escalation() });
      const again = await store.escalations.start(escalation({ id: 'x2', title: 'Another' }));
      assert.deepEqual(again, { kind: 'exists', escalation: escalation() });
      assert.deepEqual(await store.escalations.byKey('key-1'), escalation());
      assert.equal(await store.escalations.get('x2'), undefined);
    });

    it('is due when its next step is, soonest first, also after reopening', async () => {
      await store.escalations.start(escalation());
      await store.escalations.start(escalation({ id: 'x2', key: 'key-2', nextAt: T0 + 500 }));
      const reopened = await opened.open(place);
      assert.equal(await reopened.escalations.nextDue(), T0 + 500);
      assert.deepEqual(await reopened.escalations.due(T0 + 499, 10), []);
      assert.deepEqual(
        (await reopened.escalations.due(T0 + 1000, 10)).map((due) => due.id),
        ['x2', 'x1'],
      );
    });

    it('fires a step once, with its child and its audit record', async () => {
      await store.escalations.start(escalation());
      const second = await opened.open(place);
      const fired = await Promise.all([fire(0, { at: T0 + 2000 }), fire(0, { at: T0 + 2000 }, second)]);
      assert.equal(fired.filter(Boolean).length, 1);
      assert.equal((await store.audit.head()).seq, 1);
      assert.equal(await children(), 1);
      const now = await store.escalations.get('x1');
      assert.deepEqual([now?.nextStep, now?.nextAt, now?.state], [1, T0 + 2000, 'open']);
    });

    it('is exhausted after its last step, and can still be acknowledged', async () => {
      await store.escalations.start(escalation());
      assert.equal(await fire(0, 'exhausted'), true);
      assert.deepEqual((await store.escalations.get('x1'))?.state, 'exhausted');
      assert.equal(await store.escalations.nextDue(), null);
      assert.equal(await end('acknowledged', 'user:a'), true);
    });

    it('is ended by one of two people, with one child and one record', async () => {
      await store.escalations.start(escalation());
      const second = await opened.open(place);
      const ended = await Promise.all([end('acknowledged', 'user:a'), end('cancelled', 'user:b', second)]);
      assert.equal(ended.filter(Boolean).length, 1);
      const records = await store.audit.list({});
      assert.equal(records.length, 1);
      const now = await store.escalations.get('x1');
      assert.equal(now?.endedBy?.actor, records[0]?.actor);
      assert.equal(now?.endedAt, T0 + 5);
      assert.equal(await children(), 1);
    });

    it('fires nothing after its end', async () => {
      await store.escalations.start(escalation());
      await end('acknowledged', 'user:a');
      assert.equal(await fire(0, { at: T0 + 2000 }), false);
      assert.equal(await store.escalations.nextDue(), null);
      assert.equal(await children(), 1, 'only the child that tells of the end');
    });

    it('ends a step and an acknowledgement that race in one order or the other', async () => {
      await store.escalations.start(escalation());
      const [fired, ended] = await Promise.all([fire(0, { at: T0 + 2000 }), end('acknowledged', 'user:a')]);
      assert.equal(ended, true);
      assert.equal(await children(), fired ? 2 : 1);
      assert.equal((await store.escalations.get('x1'))?.nextAt, null);
    });

    it('knows the last two other messages of which people were told about it, also after reopening', async () => {
      await store.escalations.start(escalation());
      assert.equal(await store.escalations.restate('x1', item.messageId), false, 'its own');
      assert.equal(await store.escalations.restate('none', 'm1'), false);
      const by = async (from = store) => (await from.escalations.get('x1'))?.restatedBy;
      assert.equal(await by(), undefined);
      for (const id of ['m1', 'm1', 'm2', 'm3', 'm2']) assert.equal(await store.escalations.restate('x1', id), true);
      assert.deepEqual(await by(await opened.open(place)), ['m3', 'm2']);
      assert.deepEqual(await store.escalations.get('x1'), { ...escalation(), restatedBy: ['m3', 'm2'] });
      await end('acknowledged', 'user:a');
      assert.deepEqual(await by(), ['m3', 'm2']);
    });

    it('finds those of a task, and walks the tasks for which one waits, also after reopening', async () => {
      const of = (id: string, task: string, over: Partial<Escalation> = {}) =>
        store.escalations.start(escalation({ id, key: `key-${id}`, task, ...over }));
      await of('x1', 't2');
      await of('x2', 't1');
      await of('x3', 't2', { startedAt: T0 + 1 });
      await of('x4', 't3', { state: 'exhausted', nextAt: null });
      await of('x5', 't4', { state: 'cancelled', nextAt: null });
      await store.escalations.start(escalation({ id: 'x6', key: 'key-x6' }));
      const { escalations } = await opened.open(place);
      assert.deepEqual(
        (await escalations.list({ task: 't2' })).map(({ id, task }) => [id, task]),
        [
          ['x3', 't2'],
          ['x1', 't2'],
        ],
      );
      assert.deepEqual(await escalations.list({ task: 't2', states: ['cancelled'] }), []);
      const walked: string[][] = [];
      for (let after = ''; walked.length < 10; after = walked.at(-1)?.at(-1) ?? '') {
        walked.push([...(await escalations.tasksWaitedFor(after, 2))]);
        if (walked.at(-1)?.length === 0) break;
      }
      assert.deepEqual(walked.flat(), ['t1', 't2', 't3']);
      await end('acknowledged', 'user:a');
      assert.deepEqual(await store.escalations.tasksWaitedFor('t1', 10), ['t2', 't3'], 'another of it is open');
    });

    it('lists by state, message, source and time, newest first', async () => {
      await store.escalations.start(escalation());
      await store.escalations.start(
        escalation({
          id: 'x2',
          key: 'key-2',
          startedAt: T0 + 1,
          messageId: 'other',
          subscription: 'x/y',
          definition: 'other',
        }),
      );
      await end('cancelled', 'user:a');
      const ids = async (query: Parameters<typeof store.escalations.list>[0]) =>
        (await store.escalations.list(query)).map((one) => one.id);
      assert.deepEqual(await ids({}), ['x2', 'x1']);
      assert.deepEqual(await ids({ states: ['cancelled'] }), ['x1']);
      assert.deepEqual(await ids({ states: ['open', 'exhausted'] }), ['x2']);
      assert.deepEqual(await ids({ messageId: item.messageId }), ['x1']);
      assert.deepEqual(await ids({ subscription: 'x/y' }), ['x2']);
      assert.deepEqual(await ids({ subscription: 'x/y', states: ['cancelled'] }), []);
      assert.deepEqual(await ids({ before: T0 + 1 }), ['x1']);
      await store.escalations.start(
        escalation({ id: 'x3', key: 'key-3', startedAt: T0 - 1, fact: { id: 'f', nth: 7 } }),
      );
      assert.deepEqual(await ids({ fact: 'f' }), ['x3']);
      assert.deepEqual((await store.escalations.get('x3'))?.fact, { id: 'f', nth: 7 });
      assert.deepEqual(await ids({ definitions: ['lab', 'other'] }), ['x2']);
      assert.deepEqual(await ids({ definitions: ['lab', 'flow-a'], limit: 1 }), ['x1']);
      assert.deepEqual(await ids({ definitions: [] }), []);
      assert.deepEqual(await ids({ limit: 1 }), ['x2']);
    });
  });
}
