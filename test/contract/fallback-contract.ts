import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type {
  ClaimedWork,
  FallbackState,
  NewReview,
  ReviewVerdict,
  Store,
  TaskEvent,
  WorkflowTask,
} from '../../engine/index.ts';
import {
  acceptOne,
  auditEntry,
  claimOf,
  DEAD,
  DONE,
  newChild,
  newReview,
  settleAs,
  T0,
} from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const IN_FORCE = {
  mode: 'manual-review',
  trigger: 'operator',
  about: null,
  since: T0,
  by: 'user:ana',
  reason: 'the test says so',
} as const;
const EVENT: TaskEvent = { kind: 'created', at: T0, actor: 'system', via: 'system', reason: null };

export function describeFallbacks(adapter: StoreAdapter): void {
  describe('fallbacks and what was held', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let place: string;
    beforeEach(async () => {
      place = await opened.place();
      store = await opened.open(place);
    });
    afterEach(() => opened.clear());

    const state = (version: number, inForce: FallbackState['inForce'] = IN_FORCE, at = T0): FallbackState => ({
      definition: 'flow-a',
      version,
      inForce,
      at,
    });
    const entered = auditEntry('fallback.entered');
    const task = (work: ClaimedWork, id: string): WorkflowTask => ({
      id,
      version: 1,
      key: `review-${work.id}`,
      messageId: work.messageId,
      workId: work.id,
      definition: 'flow-a',
      definitionVersion: 'v1',
      name: 'wardflow.review',
      code: 'review-message',
      title: 'A message to review',
      priority: 'routine',
      state: 'in-progress',
      heldFrom: null,
      assigned: { role: 'coordinator', unit: null, person: null },
      serviceLine: null,
      createdAt: T0,
      stateSince: T0,
      dueAt: null,
      acknowledgedAt: null,
      endedAt: null,
      reason: null,
      attempt: 1,
      parts: [],
      decisions: [],
      escalationId: null,
      partOf: null,
      patientHint: null,
      ehr: null,
      carry: null,
      correlationId: 'c',
      traceparent: 't',
    });
    const held = (work: ClaimedWork, withTask = true, over: Partial<NewReview['review']> = {}): NewReview => ({
      review: newReview(work, over),
      task: withTask ? { task: task(work, `task-${work.id}`), event: EVENT, audit: auditEntry('task.opened') } : null,
    });
    const hold = (work: ClaimedWork, what = held(work), from = store) =>
      settleAs(from, work, { kind: 'held', held: what });
    const claimOne = async (now = T0): Promise<ClaimedWork> => {
      const [work] = await claimOf(store, 1, { now });
      assert.ok(work);
      return work;
    };
    const verdict = (over: Partial<ReviewVerdict> = {}): ReviewVerdict => ({
      at: T0 + 5,
      decision: 'process',
      by: 'user:ana',
      reason: 'looked at',
      task: null,
      audit: auditEntry('review.decided'),
      ...over,
    });
    const completing = (of: WorkflowTask): ReviewVerdict['task'] => ({
      id: of.id,
      changes: [
        {
          seen: of.version,
          next: { ...of, version: of.version + 1, state: 'completed', endedAt: T0 + 5 },
          event: {
            kind: 'step',
            step: 'complete',
            from: 'in-progress',
            to: 'completed',
            at: T0 + 5,
            actor: 'user:ana',
            via: 'console',
            reason: null,
          },
          child: null,
          audit: auditEntry('task.changed'),
        },
      ],
    });
    const audited = async (): Promise<readonly string[]> =>
      (await store.audit.list({ order: 'oldest-first' })).map(({ type }) => type);

    it('are entered and left one version after the other, each with its record', async () => {
      assert.deepEqual(await store.fallbacks.states(), []);
      assert.equal(await store.fallbacks.set(state(1), entered), 'set');
      assert.equal(await store.fallbacks.set(state(1), entered), 'stale');
      assert.equal(await store.fallbacks.set(state(3), entered), 'stale');
      assert.deepEqual(await store.fallbacks.states(), [state(1)]);
      assert.equal(await store.fallbacks.set(state(2, null, T0 + 9), auditEntry('fallback.left')), 'set');
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await store.fallbacks.states(), [state(2, null, T0 + 9)], 'also after a restart');
      assert.deepEqual(await audited(), ['fallback.entered', 'fallback.left']);
    });

    it('are entered once by two processes at the same moment', async () => {
      const other = await opened.open(place);
      const both = await Promise.all([
        store.fallbacks.set(state(1), entered),
        other.fallbacks.set(state(1, { ...IN_FORCE, by: 'user:ben' }), entered),
      ]);
      assert.deepEqual(both.toSorted(), ['set', 'stale']);
      assert.equal((await audited()).length, 1);
    });

    it('hold an item with its task and free its key in one commit', async () => {
      const first = await acceptOne(store, { orderingKey: 'k' });
      const second = await acceptOne(store, { orderingKey: 'k' });
      const work = await claimOne();
      const child = newChild(first, 'other-branch');
      const settlement = { kind: 'held', held: held(work) } as const;
      const request = { workId: work.id, fence: work.fence, at: T0, settlement, trace: [], version: 'v1' };
      assert.equal(
        await store.work.settle({ ...request, children: [child], audit: [auditEntry('review.held')] }),
        'settled',
      );
      assert.equal(await store.work.settle(request), 'lost-lease', 'once');
      assert.equal((await store.work.get(first.id))?.state, 'parked');
      assert.deepEqual(
        (await store.work.get(first.id))?.attempts.map(({ outcome }) => outcome),
        ['held'],
      );
      assert.equal((await store.journal.get(first.messageId))?.state, 'parked');
      assert.equal((await store.tasks.get(`task-${work.id}`))?.workId, work.id);
      const { reviews, next } = await store.fallbacks.held({});
      assert.deepEqual([reviews.map(({ taskId }) => taskId), next], [[`task-${work.id}`], null]);
      assert.deepEqual(await store.fallbacks.byTask(`task-${work.id}`), reviews[0]);
      assert.deepEqual(await store.fallbacks.heldCounts(), { 'flow-a': 1 });
      assert.equal((await claimOne()).id, second.id, 'the key goes on');
      assert.equal((await claimOf(store, 1, { subscription: 'flow-a/child' })).length, 1, 'and so do other branches');
      assert.deepEqual(await audited(), ['review.held', 'task.opened']);
    });

    it('say of a message that is parked whether a person decides about it, and why, until that is so', async () => {
      const waiting = await acceptOne(store, { orderingKey: null });
      await settleAs(store, await claimOne(), DONE);
      const child = newChild(waiting, 'delay-until/d/1', {
        child: { parentWorkId: waiting.id, key: 'delay-until/d/1', kind: 'park', state: 'parked', data: null },
      });
      await store.work.addChild(child);
      const of = async (id: string) => [(await store.journal.get(id))?.state, (await store.journal.get(id))?.held];
      assert.deepEqual(await of(waiting.messageId), ['parked', null], 'it waits for a time');
      const item = await acceptOne(store, { orderingKey: null });
      assert.deepEqual(await of(item.messageId), ['accepted', null]);
      const work = await claimOne();
      await hold(work, held(work, true, { because: 'incomplete-data', sentence: 'A value is missing.' }));
      const why = { because: 'incomplete-data', sentence: 'A value is missing.' };
      assert.deepEqual(await of(item.messageId), ['parked', why]);
      const listed = await store.journal.list({ states: ['parked'] });
      assert.deepEqual(
        listed.map((one) => one.held),
        [why, null],
      );
      await store.fallbacks.decide(work.id, verdict());
      assert.deepEqual(await of(item.messageId), ['waiting', null]);
    });

    it('let nothing but the decision move what is held', async () => {
      const parent = await acceptOne(store);
      await settleAs(store, await claimOne(), DONE);
      const child = newChild(parent, 'task-wait/t/1');
      await store.work.addChild(child);
      const [work] = await claimOf(store, 1, { subscription: 'flow-a/child' });
      assert.ok(work);
      await hold(work);
      assert.deepEqual(await store.work.parkedChildren('task-wait/', 'task-wait/', 10), []);
      assert.equal(await store.work.unpark('task-wait/t/1', T0 + 1), false);
      assert.equal(await store.work.wakeParked(work.id, T0 + 1, auditEntry('work.woken')), 'not-parked');
      assert.equal(await store.work.discard(work.id, T0 + 1, 'r', auditEntry('work.discarded')), 'not-open');
      assert.equal(await store.fallbacks.decide(work.id, verdict()), 'decided');
      assert.equal((await claimOf(store, 1, { subscription: 'flow-a/child', now: T0 + 9 })).length, 1);
    });

    it('deliver it anew at its old place when it is to be processed, and say what overtook it', async () => {
      const [first, second, third] = [
        await acceptOne(store, { orderingKey: 'k' }),
        await acceptOne(store, { orderingKey: 'k' }),
        await acceptOne(store, { orderingKey: 'k' }),
      ];
      const work = await claimOne();
      await hold(work);
      await settleAs(store, await claimOne(), DONE);
      assert.equal(await store.work.doneAfter(first.id), 1);
      assert.equal((await store.work.get(second.id))?.state, 'done');
      assert.equal(await store.fallbacks.decide(work.id, verdict({ at: T0 + 50 })), 'decided');
      const again = await claimOne(T0 + 60);
      assert.deepEqual([again.id, again.countedAttempts, again.firstDeliveredAt], [first.id, 1, T0 + 60]);
      assert.deepEqual(await claimOf(store, 1, { now: T0 + 60 }), [], 'what came later waits behind it');
      await settleAs(store, again, DONE);
      assert.equal((await claimOne(T0 + 60)).id, third.id);
      const [review] = await store.fallbacks.reviewsOf(first.id);
      assert.deepEqual(review?.decided, { decision: 'process', by: 'user:ana', at: T0 + 50, reason: 'looked at' });
      assert.deepEqual(await store.fallbacks.held({}), { reviews: [], next: null });
    });

    it('say of newer ones that they overtook it also while they are delivered, and where they were done by hand', async () => {
      for (let i = 0; i < 4; i++) await acceptOne(store, { orderingKey: 'k' });
      const first = await claimOne();
      await hold(first);
      const second = await claimOne();
      await hold(second);
      const third = await claimOne();
      assert.equal(await store.work.doneAfter(first.id), 1, 'one is being delivered');
      await settleAs(store, third, { kind: 'dead', failure: { class: 'permanent', code: 'x', text: 'x' } });
      await store.work.discard(third.id, T0 + 4, 'noise', auditEntry('work.discarded'));
      assert.equal(await store.work.doneAfter(first.id), 0, 'what was thrown away says nothing');
      await store.fallbacks.decide(second.id, verdict({ decision: 'put-aside' }));
      assert.equal(await store.work.doneAfter(first.id), 1);
    });

    it('say of newer ones that they overtook it also when retention has taken those', async () => {
      for (let i = 0; i < 5; i++) await acceptOne(store, { orderingKey: 'k' }, { receivedAt: T0 + i });
      await acceptOne(store, { orderingKey: 'another' }, { receivedAt: T0 });
      const first = await claimOne();
      await hold(first);
      const second = await claimOne();
      await hold(second, held(second, false));
      await settleAs(store, await claimOne(), DONE);
      const thrownAway = await claimOne();
      await settleAs(store, thrownAway, DEAD);
      await store.work.discard(thrownAway.id, T0 + 4, 'noise', auditEntry('work.discarded'));
      for (const left of await claimOf(store, 5)) await settleAs(store, left, DONE);
      await store.fallbacks.decide(second.id, verdict({ decision: 'put-aside' }));
      assert.equal(await store.work.doneAfter(first.id), 3);
      const { messages } = await store.retention.purge({ bodiesBefore: null, messagesBefore: T0 + 3, limit: 10 });
      assert.ok(messages >= 2, 'the second and the third have gone');
      assert.equal(await store.work.doneAfter(first.id), 3, 'some are gone');
      await store.retention.purge({ bodiesBefore: null, messagesBefore: T0 + 1e9, limit: 10 });
      assert.equal(await store.work.doneAfter(first.id), 3, 'all are gone');
      assert.equal((await store.journal.counts()).total, 1, 'but the one that is held');
    });

    it('put it aside with the end of its task in one commit, and only once', async () => {
      const item = await acceptOne(store);
      const work = await claimOne();
      await hold(work);
      const of = task(work, `task-${work.id}`);
      const stale = { ...of, version: 7 };
      const aside = verdict({ decision: 'put-aside', task: completing(stale) });
      assert.equal(await store.fallbacks.decide(work.id, aside), 'task-stale');
      assert.equal((await store.work.get(item.id))?.state, 'parked', 'nothing was done');
      assert.equal(await store.fallbacks.decide(work.id, { ...aside, task: completing(of) }), 'decided');
      assert.equal((await store.work.get(item.id))?.state, 'discarded');
      assert.equal((await store.journal.get(item.messageId))?.state, 'discarded');
      assert.equal((await store.tasks.get(of.id))?.state, 'completed');
      assert.equal(await store.fallbacks.decide(work.id, verdict()), 'decided-before');
      assert.equal(await store.fallbacks.decide('nothing', verdict()), 'unknown');
      assert.deepEqual(await audited(), ['task.opened', 'task.changed', 'review.decided']);
      assert.deepEqual(await store.work.counts(), {
        waiting: 0,
        claimed: 0,
        parked: 0,
        done: 0,
        dead: 0,
        discarded: 1,
      });
    });

    it('take one of two that decide at the same moment, from two processes', async () => {
      await acceptOne(store);
      const work = await claimOne();
      await hold(work);
      const other = await opened.open(place);
      const outcomes = await Promise.all([
        store.fallbacks.decide(work.id, verdict()),
        other.fallbacks.decide(work.id, verdict({ decision: 'put-aside' })),
      ]);
      assert.deepEqual(outcomes.toSorted(), ['decided', 'decided-before']);
    });

    it('keep each doubt of an item that was held again', async () => {
      await acceptOne(store);
      const work = await claimOne();
      await hold(work, held(work, true, { because: 'incomplete-data', doubt: 'd1' }));
      await store.fallbacks.decide(work.id, verdict());
      const again = await claimOne(T0 + 9);
      await hold(again, held(again, true, { because: 'rule-error', doubt: 'd2' }));
      const reviews = await store.fallbacks.reviewsOf(work.id);
      assert.deepEqual(
        reviews.map(({ doubt, decided }) => [doubt, decided?.decision ?? null]),
        [
          ['d1', 'process'],
          ['d2', null],
        ],
      );
    });

    it('know since when endpoints are down, until they are well', async () => {
      await store.fallbacks.noteDown('ehr', { since: T0, seenAt: T0 });
      await store.fallbacks.noteDown('lab', { since: T0 + 5, seenAt: T0 + 5 });
      await store.fallbacks.noteDown('ehr', { since: T0, seenAt: T0 + 60_000 });
      const ehr = { endpoint: 'ehr', since: T0, seenAt: T0 + 60_000 };
      assert.deepEqual(await store.fallbacks.downs(), [ehr, { endpoint: 'lab', since: T0 + 5, seenAt: T0 + 5 }]);
      await store.fallbacks.noteDown('lab', null);
      await store.fallbacks.noteDown('none', null);
      assert.deepEqual(await store.fallbacks.downs(), [ehr]);
    });

    it('are listed in pages, oldest first, of some definitions', async () => {
      for (let i = 0; i < 5; i++) await acceptOne(store);
      const works = await claimOf(store, 5);
      for (const work of works) await hold(work, held(work, false));
      const first = await store.fallbacks.held({ limit: 3 });
      const second = await store.fallbacks.held({ limit: 3, after: first.next ?? '' });
      assert.deepEqual(
        [...first.reviews, ...second.reviews].map(({ workId }) => workId),
        works.map(({ id }) => id),
      );
      assert.equal(second.next, null);
      assert.deepEqual((await store.fallbacks.held({ definitions: ['flow-b'] })).reviews, []);
      assert.deepEqual((await store.fallbacks.held({ definitions: [] })).reviews, []);
      await assert.rejects(Promise.resolve().then(() => store.fallbacks.held({ after: '<>' })));
    });
  });
}
