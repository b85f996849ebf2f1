import type { AuditEntry, EhrCopy, TaskChange, TaskEvent, WorkflowTask, WorkflowTasks } from '../../contract/index.ts';
import { isOfKept, isSameCopy, keptChange, placesOf } from '../../task-places.ts';
import type { TaskDoc, TaskEventDoc } from '../documents.ts';
import { addChildNow } from './children.ts';
import { needsChildren, type Operation } from './operation.ts';

export function createTask(
  task: WorkflowTask,
  event: TaskEvent,
  audit: AuditEntry,
): Operation<{ readonly kind: 'created' | 'exists'; readonly task: WorkflowTask }> {
  return {
    name: 'tasks.create',
    sequences: 1,
    needs(needs) {
      needs.taskKeys.add(task.key);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.taskByKey(task.key);
      if (known) return { kind: 'exists', task: JSON.parse(known.record) as WorkflowTask };
      ctx.insertTask({ _id: task.id, seq: ctx.sequence(), ...membersOf(task) });
      ctx.table('taskEvents').insert(eventDoc(task, event));
      ctx.audit(audit);
      return { kind: 'created', task };
    },
  };
}

export function changeTask(
  id: string,
  change: TaskChange,
): Operation<{ readonly kind: 'changed' | 'stale'; readonly task: WorkflowTask } | { readonly kind: 'unknown' }> {
  const { seen, event, child, audit } = change;
  if (change.next.id !== id || change.next.version !== seen + 1)
    throw new TypeError('a change of a task makes its next version');
  return {
    name: 'tasks.change',
    sequences: 1,
    needs(needs) {
      needs.taskIds.add(id);
      if (child) needsChildren(needs, [child]);
      needs.audit = true;
    },
    apply(ctx) {
      const known = ctx.table('tasks').get(id);
      if (!known) return { kind: 'unknown' };
      const kept = JSON.parse(known.record) as WorkflowTask;
      if (!isOfKept(kept, change)) return { kind: 'stale', task: kept };
      const next = keptChange(kept, change);
      ctx.table('tasks').set(id, membersOf(next));
      ctx.table('taskEvents').insert(eventDoc(next, event));
      if (child) addChildNow(ctx, child);
      ctx.audit(audit);
      return { kind: 'changed', task: next };
    },
  };
}

export function noteTaskCopy(
  id: string,
  seen: EhrCopy,
  ehr: EhrCopy,
): Operation<Awaited<ReturnType<WorkflowTasks['noteCopy']>>> {
  return {
    name: 'tasks.noteCopy',
    needs: (needs) => void needs.taskIds.add(id),
    apply(ctx) {
      const known = ctx.table('tasks').get(id);
      const task = known && (JSON.parse(known.record) as WorkflowTask);
      if (!task?.ehr) return { kind: 'unknown' };
      if (!isSameCopy(task.ehr, seen)) return { kind: 'stale', task };
      const next = { ...task, ehr };
      ctx.table('tasks').set(id, membersOf(next));
      return { kind: 'noted', task: next };
    },
  };
}

/** What is `undefined` is removed by a change, and left out of a new document. */
function membersOf(task: WorkflowTask): Omit<TaskDoc, '_id' | 'seq'> {
  const { key, version, messageId, definition, code, state, assigned } = task;
  const { open, dueRank, urgency, syncAt } = placesOf(task);
  return {
    key,
    version,
    messageId,
    definition,
    code,
    state,
    open: open ? true : undefined,
    role: assigned.role ?? undefined,
    unit: assigned.unit ?? undefined,
    person: assigned.person ?? undefined,
    urgency,
    dueRank,
    syncAt: syncAt ?? undefined,
    about: task.about,
    patient: task.patient,
    serviceLine: task.serviceLine ?? undefined,
    createdAt: task.createdAt,
    stateSince: task.stateSince,
    acknowledgedAt: task.acknowledgedAt ?? undefined,
    endedAt: task.endedAt ?? undefined,
    record: JSON.stringify(task),
  };
}

const eventDoc = ({ id, version }: WorkflowTask, event: TaskEvent): TaskEventDoc => ({
  _id: `${id}/${version}`,
  taskId: id,
  n: version,
  ...(event.kind === 'overridden' ? { overriddenAt: event.at } : {}),
  record: JSON.stringify(event),
});
