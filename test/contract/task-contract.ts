import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { TASK_STATES } from '../../engine/index.ts';
import type { Assignment, EhrCopy, NewWork, Store, TaskEvent, WorkflowTask } from '../../engine/index.ts';
import { acceptOne, auditEntry, claimOf, DONE, newChild, settleAs, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const NOBODY: Assignment = { role: 'nurse', unit: null, person: null };
const EVENT: TaskEvent = { kind: 'created', at: T0, actor: 'flow:flow-a', via: 'flow', reason: null };

export function describeTasks(adapter: StoreAdapter): void {
  describe('workflow tasks', () => {
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

    const task = (id: string, over: Partial<WorkflowTask> = {}): WorkflowTask => ({
      id,
      version: 1,
      key: `key-${id}`,
      messageId: item.messageId,
      workId: item.id,
      definition: 'flow-a',
      definitionVersion: 'v1',
      name: 'review',
      code: 'review-result',
      title: 'A result to look at',
      priority: 'routine',
      state: 'requested',
      heldFrom: null,
      assigned: NOBODY,
      serviceLine: null,
      createdAt: T0,
      stateSince: T0,
      dueAt: null,
      acknowledgedAt: null,
      endedAt: null,
      reason: null,
      attempt: 1,
      parts: [],
      decisions: ['decision-1'],
      escalationId: null,
      partOf: null,
      patientHint: 'J.D. …4711',
      ehr: null,
      carry: { event: { id: 'e' } },
      correlationId: 'c',
      traceparent: 't',
      ...over,
    });
    const audit = auditEntry('task.created');
    const create = (one: WorkflowTask, into = store) => into.tasks.create(one, EVENT, audit);
    const changed = (from: WorkflowTask, over: Partial<WorkflowTask>, child: NewWork | null = null, by = store) =>
      by.tasks.change(from.id, {
        seen: from.version,
        next: { ...from, ...over, version: from.version + 1 },
        event: {
          kind: 'step',
          step: 'accept',
          from: from.state,
          to: over.state ?? from.state,
          at: T0 + 1,
          actor: 'user:ana',
          via: 'console',
          reason: null,
        },
        child,
        audit: auditEntry('task.changed', { actor: 'user:ana' }),
      });
    const idsOf = async (query: Parameters<Store['tasks']['list']>[0]): Promise<readonly string[]> =>
      (await store.tasks.list(query)).tasks.map(({ id }) => id);
    const audited = async (): Promise<readonly string[]> =>
      (await store.audit.list({ order: 'oldest-first' })).map(({ type }) => type);

    it('are made once for a key, with the record of it', async () => {
      const one = task('t1');
      assert.deepEqual(await create(one), { kind: 'created', task: one });
      const again = await create({ ...task('t2'), key: one.key });
      assert.deepEqual([again.kind, again.task.id], ['exists', 't1']);
      assert.deepEqual(await store.tasks.get('t1'), one);
      assert.deepEqual(await store.tasks.byKey(one.key), one);
      assert.equal(await store.tasks.get('t2'), undefined);
      assert.deepEqual(await store.tasks.events('t1'), [EVENT]);
      assert.deepEqual(await audited(), ['task.created']);
      await store.close();
      store = await opened.open(place);
      assert.deepEqual(await store.tasks.get('t1'), one, 'also after a restart');
    });

    it('are changed by whoever has seen the latest version, with event, child item and record in one', async () => {
      const one = task('t1');
      await create(one);
      const child = newChild(item, 'task-accepted', { subscription: 'flow-a/review' });
      const first = await changed(one, { state: 'accepted', acknowledgedAt: T0 + 1 }, child);
      assert.ok(first.kind === 'changed');
      assert.deepEqual([first.task.version, first.task.state], [2, 'accepted']);
      const late = await changed(one, { state: 'rejected' }, newChild(item, 'task-rejected'));
      assert.deepEqual([late.kind, late.kind === 'stale' && late.task.state], ['stale', 'accepted']);
      assert.equal((await store.tasks.get('t1'))?.state, 'accepted');
      assert.deepEqual(
        (await store.tasks.events('t1')).map(({ kind }) => kind),
        ['created', 'step'],
      );
      assert.equal((await claimOf(store, 10, { subscription: 'flow-a/review' })).length, 1);
      assert.equal((await claimOf(store, 10, { subscription: 'flow-a/child' })).length, 0, 'who was late told nobody');
      assert.deepEqual(await audited(), ['task.created', 'task.changed']);
      assert.deepEqual(await changed(task('t9'), {}), { kind: 'unknown' });
    });

    it('take one of two that change them at the same moment, from two processes', async () => {
      const other = await opened.open(place);
      const one = task('t1');
      const made = await Promise.all([create(one), create({ ...task('t2'), key: one.key }, other)]);
      assert.deepEqual(made.map(({ kind }) => kind).toSorted(), ['created', 'exists']);
      const now = await store.tasks.byKey(one.key);
      assert.ok(now);
      const racing = await Promise.all([
        changed(now, { state: 'accepted' }),
        changed(now, { state: 'rejected' }, null, other),
      ]);
      assert.deepEqual(racing.map(({ kind }) => kind).toSorted(), ['changed', 'stale']);
      assert.equal((await store.tasks.events(now.id)).length, 2);
    });

    it('are listed by what is due first, then by urgency and age, page by page', async () => {
      const made = [
        task('late', { dueAt: T0 + 5000 }),
        task('never', { priority: 'stat' }),
        task('soon', { dueAt: T0 + 1000 }),
        task('soon-stat', { dueAt: T0 + 1000, priority: 'stat' }),
        task('never-2'),
      ];
      for (const one of made) await create(one);
      const order = ['soon-stat', 'soon', 'late', 'never', 'never-2'];
      assert.deepEqual(await idsOf({}), order);
      assert.deepEqual(await idsOf({ order: 'newest-first' }), made.map(({ id }) => id).toReversed());
      for (const by of ['due', 'newest-first'] as const) {
        const pages: string[] = [];
        let after: string | null = null;
        do {
          const { tasks, next } = await store.tasks.list({ order: by, limit: 2, ...(after === null ? {} : { after }) });
          pages.push(...tasks.map(({ id }) => id));
          after = next;
        } while (after !== null);
        assert.deepEqual(pages, await idsOf({ order: by }), by);
      }
      await assert.rejects(store.tasks.list({ after: 'nonsense' }));
      assert.deepEqual(await idsOf({ overdueAt: T0 + 1001 }), ['soon-stat', 'soon']);
    });

    it('are mine where I have them, or where nobody has and I cover the role in the unit', async () => {
      const of = (id: string, assigned: Partial<Assignment>) =>
        create(task(id, { assigned: { ...NOBODY, ...assigned } }));
      await of('mine', { person: 'ana', role: null });
      await of('anas-other', { person: 'bert' });
      await of('role', {});
      await of('unit', { unit: '4b' });
      await of('other-unit', { unit: '7a' });
      await of('other-role', { role: 'doctor' });
      const mine = (units: readonly string[] | 'all') =>
        idsOf({ mine: { person: 'ana', roles: [{ role: 'nurse', units }] } });
      assert.deepEqual(await mine(['4b']), ['mine', 'role', 'unit']);
      assert.deepEqual(await mine([]), ['mine', 'role']);
      assert.deepEqual(await mine('all'), ['mine', 'role', 'unit', 'other-unit']);
      assert.deepEqual(await idsOf({ mine: { person: 'bert', roles: [] } }), ['anas-other']);
      assert.deepEqual(await idsOf({ unit: '7a' }), ['other-unit']);
      assert.deepEqual(await idsOf({ role: 'doctor', states: ['requested'] }), ['other-role']);
    });

    it('are counted by state, and what is overdue apart', async () => {
      await create(task('t1', { dueAt: T0 }));
      await create(task('t2', { dueAt: T0 + 10 }));
      await create(task('t3', { state: 'completed', dueAt: T0 }));
      await create(task('t4', { definition: 'flow-b', state: 'ready' }));
      const none = Object.fromEntries(TASK_STATES.map((state) => [state, 0]));
      assert.deepEqual(await store.tasks.counts({}, T0 + 5), {
        ...none,
        requested: 2,
        completed: 1,
        ready: 1,
        overdue: 1,
      });
      assert.deepEqual(await store.tasks.counts({ definitions: ['flow-b'] }, T0), { ...none, ready: 1, overdue: 0 });
      assert.deepEqual(await store.tasks.counts({ definitions: [] }, T0), { ...none, overdue: 0 });
      assert.deepEqual(await idsOf({ states: ['requested', 'ready'], definitions: ['flow-a'] }), ['t1', 't2']);
    });

    it('say which of them the EHR is behind on', async () => {
      const ehr = (over: Partial<EhrCopy>): EhrCopy => ({
        endpoint: 'ehr',
        reference: 'Task/1',
        status: 'requested',
        versionId: '1',
        syncedAt: T0,
        syncedVersion: 1,
        trouble: null,
        ...over,
      });
      await create(task('in-step', { ehr: ehr({ syncedAt: T0 + 100 }) }));
      await create(task('old', { ehr: ehr({ syncedAt: T0 - 100 }) }));
      await create(task('unwritten', { ehr: ehr({ reference: null, syncedAt: null, syncedVersion: 0 }) }));
      await create(task('over', { state: 'completed', ehr: ehr({ syncedAt: T0 - 1000 }) }));
      await create(task('alone'));
      const behind = async (before: number) => (await store.tasks.outOfStep(before, 10)).map(({ id }) => id);
      assert.deepEqual(await behind(T0), ['unwritten', 'old']);
      assert.deepEqual(await behind(T0 + 101), ['unwritten', 'old', 'in-step']);
      const one = await store.tasks.get('in-step');
      assert.ok(one);
      await changed(one, { state: 'accepted' });
      assert.deepEqual(await behind(T0), ['in-step', 'unwritten', 'old'], 'a change of ours is owed to it');
    });

    it('keep their message until they have ended, and go with it then', async () => {
      const one = task('t1');
      await create(one);
      const [claimed] = await claimOf(store, 1);
      assert.ok(claimed);
      await settleAs(store, claimed, DONE);
      const purge = () => store.retention.purge({ bodiesBefore: null, messagesBefore: T0 + 1e9, limit: 10 });
      assert.equal((await purge()).messages, 0);
      await changed(one, { state: 'cancelled' });
      assert.equal((await purge()).messages, 1);
      assert.equal(await store.tasks.get('t1'), undefined);
      assert.deepEqual(await store.tasks.events('t1'), []);
    });
  });
}
