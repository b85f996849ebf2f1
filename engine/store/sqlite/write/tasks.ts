import type { AuditEntry, EhrCopy, TaskChange, TaskEvent, WorkflowTask, WorkflowTasks } from '../../contract/index.ts';
import { isOfKept, isSameCopy, keptChange, placesOf } from '../../task-places.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';
import { addChild } from './children.ts';

interface Row {
  seq: number;
  version: number;
  record: string;
}
const ROW = 'SELECT seq, version, record FROM task ';

export function createTask(
  ctx: WriteContext,
  task: WorkflowTask,
  event: TaskEvent,
  audit: AuditEntry,
): { kind: 'created' | 'exists'; task: WorkflowTask } {
  const known = ctx.sql.get(`${ROW}WHERE key = ?`, task.key) as Row | undefined;
  if (known) return { kind: 'exists', task: JSON.parse(known.record) as WorkflowTask };
  const { open, dueRank, urgency, syncAt } = placesOf(task);
  const seq = ctx.sql.insert(
    'INSERT INTO task (id, key, version, message_id, definition, code, state, open, role, unit, person, urgency, due_rank, ' +
      'sync_at, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    task.id,
    task.key,
    task.version,
    task.messageId,
    task.definition,
    task.code,
    task.state,
    open ? 1 : 0,
    task.assigned.role,
    task.assigned.unit,
    task.assigned.person,
    urgency,
    dueRank,
    syncAt,
    json(task) ?? '',
  );
  addEvent(ctx, seq, event);
  ctx.audit(audit);
  return { kind: 'created', task };
}

export function changeTask(
  ctx: WriteContext,
  id: string,
  change: TaskChange,
): { kind: 'changed' | 'stale'; task: WorkflowTask } | { kind: 'unknown' } {
  const { seen, event, child, audit } = change;
  if (change.next.id !== id || change.next.version !== seen + 1)
    throw new TypeError('a change of a task makes its next version');
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, id) as Row | undefined;
  if (!row) return { kind: 'unknown' };
  const known = JSON.parse(row.record) as WorkflowTask;
  if (!isOfKept(known, change)) return { kind: 'stale', task: known };
  const next = keptChange(known, change);
  const { open, dueRank, urgency, syncAt } = placesOf(next);
  ctx.sql.run(
    'UPDATE task SET version = ?, code = ?, state = ?, open = ?, role = ?, unit = ?, person = ?, urgency = ?, due_rank = ?, ' +
      'sync_at = ?, record = ? WHERE seq = ?',
    next.version,
    next.code,
    next.state,
    open ? 1 : 0,
    next.assigned.role,
    next.assigned.unit,
    next.assigned.person,
    urgency,
    dueRank,
    syncAt,
    json(next) ?? '',
    row.seq,
  );
  addEvent(ctx, row.seq, event);
  if (child) addChild(ctx, child);
  ctx.audit(audit);
  return { kind: 'changed', task: next };
}

export function noteTaskCopy(
  ctx: WriteContext,
  id: string,
  seen: EhrCopy,
  ehr: EhrCopy,
): Awaited<ReturnType<WorkflowTasks['noteCopy']>> {
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, id) as Row | undefined;
  if (!row) return { kind: 'unknown' };
  const task = JSON.parse(row.record) as WorkflowTask;
  if (!task.ehr) return { kind: 'unknown' };
  if (!isSameCopy(task.ehr, seen)) return { kind: 'stale', task };
  const next = { ...task, ehr };
  ctx.sql.run(
    'UPDATE task SET sync_at = ?, record = ? WHERE seq = ?',
    placesOf(next).syncAt,
    json(next) ?? '',
    row.seq,
  );
  return { kind: 'noted', task: next };
}

function addEvent(ctx: WriteContext, seq: number, event: TaskEvent): void {
  ctx.sql.run(
    'INSERT INTO task_event (task_seq, n, record) VALUES (?1, (SELECT coalesce(max(n) + 1, 0) FROM task_event WHERE task_seq = ?1), ?2)',
    seq,
    json(event) ?? '',
  );
}
