import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'mocha';
import { openStore, silentLog, type AlertRecord, type TaskEvent, type WorkflowTask } from '../../engine/index.ts';
import { migrate } from '../../engine/store/sqlite/connection.ts';
import { acceptOne, auditEntry, claimOf, DONE, newChild, settleAs, SUBSCRIPTION, T0 } from '../kit/store-builders.ts';

/** The schema before the work of people. */
const BEFORE_PEOPLE = 15;
const CREATED: TaskEvent = { kind: 'created', at: T0, actor: 'flow:flow-a', via: 'flow', reason: null };
const ALL = { since: T0 - 1, until: T0 + 1000, limit: 10 };

/** Names and columns of all there is; where a column stands in its table is not compared. */
function shapeOf(db: DatabaseSync): unknown {
  const all = db.prepare("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2").all();
  return all.map(({ type, name }) => {
    const columns = type === 'table' ? db.prepare(`PRAGMA table_xinfo("${String(name)}")`).all() : [];
    return [type, name, columns.map((one) => String(one['name'])).toSorted((a, b) => (a < b ? -1 : 1))];
  });
}

/** Takes away what came later: the rows are then as the schema of the time had them. */
function takeBack(db: DatabaseSync, to: DatabaseSync): void {
  const of = (one: DatabaseSync, type: string): readonly string[] =>
    one
      .prepare("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'")
      .all(type)
      .map(({ name }) => String(name));
  for (const type of ['index', 'table']) {
    const kept = new Set(of(to, type));
    for (const name of of(db, type)) if (!kept.has(name)) db.exec(`DROP ${type} "${name}"`);
  }
  db.exec('ALTER TABLE work DROP COLUMN held; ALTER TABLE work DROP COLUMN newer_gone');
  db.exec('ALTER TABLE alert_held DROP COLUMN grp');
  db.exec('ALTER TABLE message DROP COLUMN format; ALTER TABLE message DROP COLUMN same_as');
  db.exec(`PRAGMA user_version = ${BEFORE_PEOPLE}`);
}

function taskOf(work: { readonly id: string; readonly messageId: string }, id: string): WorkflowTask {
  return {
    id,
    version: 1,
    key: `key-${id}`,
    messageId: work.messageId,
    workId: work.id,
    definition: 'flow-a',
    definitionVersion: 'v1',
    name: 'review',
    code: 'review',
    title: 'Review',
    priority: 'routine',
    state: 'requested',
    heldFrom: null,
    assigned: { role: 'nurse', unit: null, person: null },
    serviceLine: 'lab',
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
  };
}

describe('a database with data from before the work of people', () => {
  it('is brought up to date with its tasks, alerts and work, which are found as new ones are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wardflow-upgrade-'));
    const file = join(folder, 'wardflow.db');
    try {
      let store = await openStore({ folder, log: silentLog });
      await acceptOne(store, { orderingKey: 'k' });
      const [work] = await claimOf(store, 1);
      assert.ok(work);
      const [open, ended] = [taskOf(work, 't1'), taskOf(work, 't2')];
      for (const task of [open, ended]) await store.tasks.create(task, CREATED, auditEntry('task.opened'));
      const said = { at: T0 + 2, actor: 'user:ana', via: 'console', reason: { code: 'x', text: null } } as const;
      await store.tasks.change('t2', {
        seen: 1,
        next: { ...ended, version: 2 },
        event: { kind: 'overridden', what: 'a', instead: 'b', ...said },
        child: null,
        audit: auditEntry('task.overridden'),
      });
      await store.tasks.change('t2', {
        seen: 2,
        next: { ...ended, version: 3, state: 'completed', acknowledgedAt: T0 + 3, endedAt: T0 + 3, stateSince: T0 + 3 },
        event: { kind: 'step', step: 'complete', from: 'in-progress', to: 'completed', ...said, at: T0 + 3 },
        child: null,
        audit: auditEntry('task.changed'),
      });
      const alert: AlertRecord = {
        id: 'a1',
        version: 1,
        group: 'g1',
        policy: 'critical',
        policyVersion: 'v1',
        definition: 'flow-a',
        messageId: work.messageId,
        tier: 'page',
        title: 'Something',
        state: 'open',
        count: 1,
        startedAt: T0,
        lastAt: T0,
        coolUntil: T0 + 9,
        deliveries: [],
        openedAt: null,
        acknowledged: null,
        actedAt: null,
        ended: null,
        runbook: null,
      };
      await store.alerts.raise(
        alert,
        newChild(work, 'told', { subscription: SUBSCRIPTION }),
        auditEntry('alert.started'),
      );
      const over = { version: 2, state: 'closed', ended: { by: 'user:ana', at: T0 + 4, dismissal: null } } as const;
      await store.alerts.change('a1', 1, { ...alert, ...over }, null, auditEntry('alert.closed'));
      const held = { group: 'g1', policy: 'critical', definition: 'flow-a', messageId: work.messageId, tier: 'page' };
      await store.alerts.heldBack({ at: T0, ...held, because: 'joined', by: 'a1' });
      await store.close();

      const db = new DatabaseSync(file);
      const shape = shapeOf(db);
      const before = new DatabaseSync(':memory:');
      migrate(before, 'x', BEFORE_PEOPLE);
      takeBack(db, before);
      assert.deepEqual(shapeOf(db), shapeOf(before), 'it is as it was then');
      before.close();
      db.close();

      store = await openStore({ folder, log: silentLog });
      const again = new DatabaseSync(file);
      assert.deepEqual(shapeOf(again), shape);
      again.close();
      const { rows } = await store.spans.tasks(ALL);
      const rest = await store.spans.tasks({ ...ALL, after: (await store.spans.tasks(ALL)).next ?? '' });
      assert.deepEqual(
        [...rows, ...rest.rows].map(({ id, state, overridden, serviceLine }) => [id, state, overridden, serviceLine]),
        [
          ['t1', 'requested', 0, 'lab'],
          ['t2', 'completed', 1, 'lab'],
        ],
      );
      assert.equal((await store.spans.alerts(ALL)).rows[0]?.ended?.at, T0 + 4);
      assert.equal((await store.alerts.heldBackList({ group: 'g1' })).length, 1);
      assert.equal((await store.alerts.counts({})).closed, 1);
      assert.deepEqual((await store.fallbacks.held({})).reviews, []);
      // What was in flight then ends as it began, and nothing of it counts as held.
      assert.equal(await settleAs(store, work, DONE), 'settled');
      const [told] = await claimOf(store, 1);
      assert.ok(told, 'what was made by it is delivered');
      assert.equal(await store.work.discard(told.id, T0, 'x', auditEntry('work.discarded')), 'not-open');
      await settleAs(store, told, { kind: 'dead', failure: { class: 'permanent', code: 'x', text: 'x' } });
      assert.equal(await store.work.discard(told.id, T0, 'x', auditEntry('work.discarded')), 'discarded');
      await store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
