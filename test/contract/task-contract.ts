import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { TASK_STATES } from '../../engine/index.ts';
import type {
  Assignment,
  EhrCopy,
  NewWork,
  Store,
  TaskEvent,
  TaskQuery,
  TaskWord,
  WorkflowTask,
} from '../../engine/index.ts';
import { LOOKED_AT } from '../../engine/store/task-words.ts';
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

    it('are listed by the units that somebody answers for, and by the roles that have none or are covered in all', async () => {
      const to = (role: string | null, unit: string | null) => ({ assigned: { role, unit, person: null } });
      const made = [
        task('own-unit', to('porter', '4b')),
        task('other-unit', to('nurse', '5a')),
        task('no-unit', to('nurse', null)),
        task('everywhere', to('coordinator', '5a')),
        task('other', to('porter', null)),
      ];
      for (const one of made) await create(one);
      const roles = [
        { role: 'nurse', everywhere: false },
        { role: 'coordinator', everywhere: true },
      ];
      const area = { units: ['4b'], roles };
      assert.deepEqual((await idsOf({ area })).toSorted(), ['everywhere', 'no-unit', 'own-unit']);
      assert.equal((await store.tasks.counts({ area }, T0)).requested, 3);
      assert.deepEqual(await idsOf({ area: { units: [], roles: [] } }), [], 'who answers for nothing sees nothing');
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

    it('are found by what they are about, and those about nothing by nothing', async () => {
      await create(task('a', { about: 'visit-1' }));
      await create(task('b', { about: 'visit-2' }));
      await create(task('c'));
      const last = await create(task('d', { about: 'visit-1' }));
      const about = async (subject: string): Promise<string[]> =>
        (await store.tasks.list({ about: subject, order: 'newest-first' })).tasks.map(({ id }) => id);
      assert.deepEqual(await about('visit-1'), ['d', 'a']);
      assert.deepEqual(await about('visit-3'), []);
      await changed(last.task, { state: 'accepted' });
      assert.deepEqual(await about('visit-1'), ['d', 'a'], 'also after a change');
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

    it('are listed newest first over several states, each once, page by page', async () => {
      const states = ['completed', 'cancelled', 'completed', 'requested'] as const;
      for (const [n, state] of states.entries()) await create(task(`t${n}`, { state }));
      const ended = { states: ['completed', 'cancelled', 'completed'], order: 'newest-first' } as const;
      assert.deepEqual(await idsOf(ended), ['t2', 't1', 't0']);
      const first = await store.tasks.list({ ...ended, limit: 2 });
      const second = await store.tasks.list({ ...ended, limit: 2, after: first.next ?? '' });
      assert.deepEqual(
        [...first.tasks, ...second.tasks].map(({ id }) => id),
        ['t2', 't1', 't0'],
      );
      assert.deepEqual(await idsOf({ states: [], order: 'newest-first' }), []);
    });

    it('are found by words of what lists show of them, each word somewhere, and by nothing else', async () => {
      const to = (role: string | null, unit: string | null, person: string | null = null) => ({
        assigned: { role, unit, person },
      });
      await create(
        task('bed', { ...to('porter', 'Ward 9'), title: 'Find a BED', serviceLine: 'Surgery', dueAt: T0 + 2 }),
      );
      await create(
        task('call', { ...to('nurse', 'Ward 4b', 'ana'), title: 'Straße 100%', code: 'call-back', dueAt: T0 + 1 }),
      );
      await create(
        task('gone', { ...to('nurse', 'Ward 9'), title: 'Find a bed', patientHint: null, state: 'completed' }),
      );
      const word = (text: string, over: Partial<TaskWord> = {}): TaskWord => ({ text, messages: [], on: [], ...over });
      const found = async (words: readonly TaskWord[], query: TaskQuery = {}): Promise<readonly string[]> =>
        (await store.tasks.search(query, words)).tasks.map(({ id }) => id);
      assert.deepEqual(await found([word('bed')]), ['bed', 'gone']);
      assert.deepEqual(await found([word('bed'), word('surg')]), ['bed']);
      assert.deepEqual(await found([word('4711')]), ['call', 'bed'], 'its hint, in the order of the list');
      for (const text of ['straße', '100%', 'call-b', 'ana', 'nurse', 'd 4']) {
        const ids = await found([word(text)], { states: ['requested'] });
        assert.deepEqual(ids, ['call'], text);
      }
      assert.deepEqual(await found([word('bed')], { states: ['requested'], definitions: ['flow-a'] }), ['bed']);
      assert.deepEqual(await found([word('bed')], { definitions: [] }), []);
      for (const text of ['"event"', 'decision-1', '_', 'bed\\ncall'])
        assert.deepEqual(await found([word(text)]), [], `${text}: no list shows it`);
      assert.deepEqual(await found([word('%')]), ['call'], 'it stands for itself alone');
      const messages = [item.messageId];
      assert.deepEqual(await found([word('zz', { messages })], { order: 'newest-first' }), ['gone', 'call', 'bed']);
      const on = [
        { role: 'porter', unit: null, but: [] },
        { role: 'nurse', unit: 'Ward 4b', but: [] },
      ];
      assert.deepEqual(await found([word('zz', { on })]), ['bed'], 'by the roster, what waits for somebody alone');
      assert.deepEqual(await found([word('zz', { on: [{ role: 'porter', unit: null, but: ['Ward 9'] }] })]), []);
      const first = await store.tasks.search({ limit: 1 }, [word('bed')]);
      assert.deepEqual([first.tasks.map(({ id }) => id), first.looked], [['bed'], 2]);
      const second = await store.tasks.search({ limit: 1, after: first.next ?? '' }, [word('bed')]);
      assert.deepEqual([second.tasks.map(({ id }) => id), second.looked], [['gone'], 1]);
    });

    it('are looked at in a search so many at a time, and it goes on where it stopped', async function () {
      this.timeout(60_000);
      const many = LOOKED_AT + 3;
      for (let n = 0; n < many; n += 500)
        await Promise.all(
          Array.from({ length: Math.min(500, many - n) }, (_, k) =>
            create(task(`t${n + k}`, { dueAt: T0 + n + k, title: n + k === many - 2 ? 'The needle' : 'Hay' })),
          ),
        );
      const needle = [{ text: 'needle', messages: [], on: [] }];
      const first = await store.tasks.search({}, needle);
      assert.deepEqual([first.tasks, first.looked], [[], LOOKED_AT]);
      const second = await store.tasks.search({ after: first.next ?? '' }, needle);
      assert.deepEqual([second.tasks.map(({ id }) => id), second.looked, second.next], [[`t${many - 2}`], 3, null]);
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

    it('are told what is known of their copy without another version, and no change takes it back', async () => {
      const ehr: EhrCopy = {
        endpoint: 'ehr',
        reference: null,
        status: null,
        versionId: null,
        syncedAt: null,
        syncedVersion: 0,
        trouble: null,
      };
      const one = task('t1', { ehr });
      await create(one);
      const written = { ...ehr, reference: 'Task/1', status: 'requested', syncedAt: T0 + 5, syncedVersion: 1 };
      assert.deepEqual(await store.tasks.noteCopy('t1', ehr, written), {
        kind: 'noted',
        task: { ...one, ehr: written },
      });
      assert.equal((await store.tasks.get('t1'))?.version, 1);
      assert.equal((await store.tasks.events('t1')).length, 1);
      assert.deepEqual(await store.tasks.outOfStep(T0, 10), []);
      // Who looked before it was written changes the task now.
      await changed(one, { state: 'accepted' });
      assert.deepEqual((await store.tasks.get('t1'))?.ehr, written);
      const behind = async (before: number) => (await store.tasks.outOfStep(before, 10)).map(({ id }) => id);
      assert.deepEqual(await behind(T0), ['t1']);
      await store.tasks.noteCopy('t1', written, { ...written, triedAt: T0 + 50 });
      assert.deepEqual([await behind(T0 + 50), await behind(T0 + 51)], [[], ['t1']], 'others have their turn first');
      assert.deepEqual(await store.tasks.noteCopy('none', ehr, written), { kind: 'unknown' });
      await create(task('alone'));
      assert.deepEqual(await store.tasks.noteCopy('alone', ehr, written), { kind: 'unknown' });
    });

    it('keep what somebody noted of their copy since it was looked at', async () => {
      const ehr: EhrCopy = {
        endpoint: 'ehr',
        reference: null,
        status: null,
        versionId: null,
        syncedAt: null,
        syncedVersion: 0,
        trouble: 'ehr-held',
      };
      const one = task('t1', { ehr });
      await create(one);
      const released = { ...ehr, trouble: null };
      assert.equal((await store.tasks.noteCopy('t1', ehr, released)).kind, 'noted');
      const late = await store.tasks.noteCopy('t1', ehr, { ...ehr, triedAt: T0 });
      assert.deepEqual(late, { kind: 'stale', task: { ...one, ehr: released } });
      const next = { ...one, version: 2, ehr: { ...ehr, trouble: 'ehr-differs' } };
      const event: TaskEvent = {
        kind: 'ehr',
        status: null,
        trouble: 'ehr-differs',
        at: T0,
        actor: 'ehr',
        via: 'fhir-task',
        reason: null,
      };
      const change = { seen: 1, next, event, child: null, audit: auditEntry('task.compared') };
      assert.equal((await store.tasks.change('t1', { ...change, seenEhr: ehr })).kind, 'stale');
      assert.deepEqual((await store.tasks.get('t1'))?.ehr, released);
      assert.equal((await store.tasks.change('t1', { ...change, seenEhr: released })).kind, 'changed');
    });

    it('tell what is known of each copy that has to be looked at, page by page', async () => {
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
      await create(task('in-step', { ehr: ehr({}) }));
      await create(task('unwritten', { ehr: ehr({ reference: null, syncedAt: null, syncedVersion: 0 }) }));
      await create(task('over', { state: 'completed', ehr: ehr({}) }));
      await create(task('differs', { state: 'completed', ehr: ehr({ trouble: 'ehr-differs' }) }));
      await create(task('alone'));
      const first = await store.tasks.copies({ limit: 2 });
      const rest = await store.tasks.copies({ limit: 2, after: first.next ?? '' });
      assert.deepEqual(
        [...first.copies, ...rest.copies].map(({ id, owed, trouble }) => [id, owed, trouble]),
        [
          ['in-step', false, null],
          ['unwritten', true, null],
          ['differs', false, 'ehr-differs'],
        ],
      );
      assert.equal(rest.next, null);
      await assert.rejects(store.tasks.copies({ limit: 1, after: 'nowhere' }), { code: 'store-bad-argument' });
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
