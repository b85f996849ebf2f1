import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { LONGEST_LADDER_MS } from '../../engine/index.ts';
import type { NewWork, SpanPage, SpanQuery, Store, TaskEvent, WorkflowTask } from '../../engine/index.ts';
import { alertOf, escalationOf, taskOf } from '../kit/people-builders.ts';
import { acceptOne, auditEntry, newChild, T0 } from '../kit/store-builders.ts';
import { Opened, type StoreAdapter } from './adapter.ts';

const BY = { actor: 'user:ana', via: 'console', reason: null } as const;
const CREATED: TaskEvent = { kind: 'created', at: T0, actor: 'flow:flow-a', via: 'flow', reason: null };
const AUDIT = auditEntry('task.opened');

export function describeSpans(adapter: StoreAdapter): void {
  describe('spans', () => {
    const opened = new Opened(adapter);
    let store: Store;
    let item: NewWork;
    beforeEach(async () => {
      store = await opened.open();
      item = await acceptOne(store);
    });
    afterEach(() => opened.clear());

    const time = (since: number, until: number): SpanQuery => ({ since: T0 + since, until: T0 + until });
    const create = (id: string, over: Partial<WorkflowTask> = {}) =>
      store.tasks.create(taskOf(item, id, over), CREATED, AUDIT);
    const override = async (id: string, at: number): Promise<void> => {
      const now = await store.tasks.get(id);
      assert.ok(now);
      const event: TaskEvent = { kind: 'overridden', what: 'a', instead: 'b', at: T0 + at, ...BY };
      const next = { ...now, version: now.version + 1 };
      await store.tasks.change(id, { seen: now.version, next, event, child: null, audit: AUDIT });
    };
    const all = async <Row>(
      ask: (query: SpanQuery) => Promise<SpanPage<Row>>,
      query: SpanQuery,
    ): Promise<readonly Row[]> => {
      const rows: Row[] = [];
      let after: string | null = null;
      do {
        const page: SpanPage<Row> = await ask({ ...query, ...(after === null ? {} : { after }) });
        assert.ok(page.rows.length <= (query.limit ?? 100));
        rows.push(...page.rows);
        after = page.next;
      } while (after !== null);
      return rows;
    };
    const tasks = async (query: SpanQuery) => (await all((q) => store.spans.tasks(q), query)).map(({ id }) => id);

    it('hold what is open and what ended in the time or later, lean, page by page', async () => {
      await create('open-old', { createdAt: T0 - 1000, dueAt: T0 + 7, serviceLine: 'lab' });
      await create('failed', { state: 'failed' });
      const ended = (id: string, createdAt: number, endedAt: number) =>
        create(id, { state: 'completed', createdAt: T0 + createdAt, endedAt: T0 + endedAt });
      await ended('over-before', 0, 9);
      await ended('over-within', 0, 10);
      await ended('over-after', 5, 30);
      await ended('over-after-too', 5, 30);
      await ended('made-after', 20, 25);
      await create('open-new', { createdAt: T0 + 50, definition: 'flow-b' });
      const found = ['open-new', 'failed', 'open-old', 'over-after-too', 'over-after', 'over-within'];
      for (const limit of [1, 2, 3, 100]) assert.deepEqual(await tasks({ ...time(10, 20), limit }), found, `${limit}`);
      assert.deepEqual(await tasks({ ...time(10, 20), definitions: ['flow-b'] }), ['open-new']);
      assert.deepEqual(await tasks({ ...time(10, 20), definitions: [] }), []);
      const [first] = (await store.spans.tasks({ ...time(0, 1), after: '0.0.1000000' })).rows.slice(-1);
      assert.deepEqual(first, {
        id: 'open-old',
        definition: 'flow-a',
        state: 'requested',
        role: 'nurse',
        serviceLine: 'lab',
        createdAt: T0 - 1000,
        stateSince: T0,
        dueAt: T0 + 7,
        acknowledgedAt: null,
        endedAt: null,
        overridden: 0,
      });
      for (const after of ['', '9.1.1', 'nonsense']) await assert.rejects(store.spans.tasks({ ...time(0, 1), after }));
    });

    it('follow a task through its changes, and count overrides of the time alone', async () => {
      await create('t1');
      for (const at of [5, 10, 15, 20]) await override('t1', at);
      const overridden = async () => (await store.spans.tasks(time(10, 20))).rows.map((one) => one.overridden);
      assert.deepEqual(await overridden(), [2]);
      const now = await store.tasks.get('t1');
      assert.ok(now);
      const next: WorkflowTask = {
        ...now,
        version: now.version + 1,
        state: 'completed',
        acknowledgedAt: T0 + 3,
        stateSince: T0 + 12,
        endedAt: T0 + 12,
      };
      const event: TaskEvent = { kind: 'step', step: 'complete', from: 'requested', to: 'completed', at: 12, ...BY };
      await store.tasks.change('t1', { seen: now.version, next, event, child: null, audit: AUDIT });
      const [row] = (await all((q) => store.spans.tasks(q), time(10, 20))).slice();
      assert.deepEqual(
        [row?.state, row?.acknowledgedAt, row?.stateSince, row?.endedAt, row?.overridden],
        ['completed', T0 + 3, T0 + 12, T0 + 12, 2],
      );
      assert.deepEqual(await tasks(time(13, 20)), []);
    });

    it('hold alerts that started or ended in the time, and count what was held back', async () => {
      const start = async (id: string, at: number, over = {}) => {
        const child = newChild(item, `deliver-${id}`);
        await store.alerts.raise(alertOf(item, id, { startedAt: T0 + at, ...over }), child, AUDIT);
      };
      const close = async (id: string, at: number, reason?: 'false-positive') => {
        const now = await store.alerts.get(id);
        assert.ok(now);
        const dismissal = reason ? { reason, text: null } : null;
        const ended = { by: 'user:ana', at: T0 + at, dismissal };
        await store.alerts.change(id, 1, { ...now, version: 2, state: 'closed', ended }, null, AUDIT);
      };
      await start('before', 0);
      await start('ended-within', 1);
      await start('ended-after', 2);
      await start('within', 10);
      await start('within-too', 10, { definition: 'flow-b' });
      await start('after', 20);
      await close('before', 9);
      await close('ended-within', 19, 'false-positive');
      await close('ended-after', 20);
      await close('within', 15);
      for (const limit of [1, 2, 100])
        assert.deepEqual(await all((q) => store.spans.alerts(q), { ...time(10, 20), limit }), [
          { definition: 'flow-b', startedAt: T0 + 10, ended: null },
          { definition: 'flow-a', startedAt: T0 + 10, ended: { by: 'user:ana', at: T0 + 15, dismissal: null } },
          {
            definition: 'flow-a',
            startedAt: T0 + 1,
            ended: { by: 'user:ana', at: T0 + 19, dismissal: 'false-positive' },
          },
        ]);
      const ofB = await all((q) => store.spans.alerts(q), { ...time(10, 20), definitions: ['flow-b'] });
      assert.deepEqual(
        ofB.map(({ definition }) => definition),
        ['flow-b'],
      );
      const held = { group: 'g', policy: 'p', messageId: 'm', tier: 't', because: 'joined', by: 'a' } as const;
      for (const [at, definition] of [
        [9, 'flow-a'],
        [10, 'flow-a'],
        [11, 'flow-b'],
        [12, 'flow-a'],
        [20, 'flow-a'],
      ] as const)
        await store.alerts.heldBack({ ...held, at: T0 + at, definition });
      assert.deepEqual(await store.spans.heldBack(time(10, 20)), [
        { definition: 'flow-a', count: 2 },
        { definition: 'flow-b', count: 1 },
      ]);
      assert.deepEqual(await store.spans.heldBack({ ...time(10, 20), definitions: ['flow-b'] }), [
        { definition: 'flow-b', count: 1 },
      ]);
    });

    it('hold ladders that may have taken a step in the time', async () => {
      const start = (id: string, at: number, over = {}) =>
        store.escalations.start(escalationOf(item, id, { startedAt: T0 + at, ...over }));
      const end = (id: string, at: number) =>
        store.escalations.end(id, 'acknowledged', { actor: 'user:a', via: 'console' }, T0 + at, null, AUDIT);
      await start('open', 0, { definition: 'flow-b' });
      await start('ended-before', 1);
      await start('ended-within', 2);
      await start('ended-after', 3);
      await start('exhausted', 4);
      await start('long-exhausted', 10 - LONGEST_LADDER_MS - 1, { steps: escalationOf(item, 'x').steps });
      await start('after', 20);
      const child = newChild(item, 'step');
      assert.equal(await store.escalations.fire('exhausted', 0, child, 'exhausted', AUDIT), true);
      assert.equal(await store.escalations.fire('long-exhausted', 0, newChild(item, 's2'), 'exhausted', AUDIT), true);
      await end('ended-before', 9);
      await end('ended-within', 10);
      await end('ended-after', 40);
      const rows = await all((q) => store.spans.escalations(q), time(10, 20));
      assert.deepEqual(
        rows.map(({ startedAt, state, taken }) => [startedAt - T0, state, taken]),
        [
          [0, 'open', 0],
          [4, 'exhausted', 1],
          [3, 'acknowledged', 0],
          [2, 'acknowledged', 0],
        ],
      );
      assert.deepEqual(rows[1], {
        id: 'exhausted',
        definition: 'flow-a',
        startedAt: T0 + 4,
        state: 'exhausted',
        endedAt: null,
        steps: [1000],
        taken: 1,
        exhausted: 'fallback',
      });
      assert.equal(rows[2]?.endedAt, T0 + 40);
      for (const limit of [1, 2])
        assert.deepEqual(await all((q) => store.spans.escalations(q), { ...time(10, 20), limit }), rows, `${limit}`);
      const ofB = await all((q) => store.spans.escalations(q), { ...time(10, 20), definitions: ['flow-b'] });
      assert.deepEqual(
        ofB.map(({ definition }) => definition),
        ['flow-b'],
      );
      assert.deepEqual(await all((q) => store.spans.escalations(q), { ...time(10, 20), definitions: [] }), []);
    });
  });
}
