import type { TaskCounts, TaskEvent, TaskQuery, TaskState, WorkflowTask } from '../../contract/index.ts';
import { TASK_STATES } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { asksOpenOnly, cursorOf, cursorText } from '../../task-places.ts';
import type { Bindable, Sql } from '../sql.ts';

interface Row {
  seq: number;
  due_rank: number;
  urgency: number;
  record: string;
}
const ROW = 'SELECT seq, due_rank, urgency, record FROM task ';
const taskFrom = ({ record }: Row): WorkflowTask => JSON.parse(record) as WorkflowTask;

export function getTask(sql: Sql, by: 'id' | 'key', value: string): WorkflowTask | undefined {
  const row = sql.get(`${ROW}WHERE ${by === 'id' ? 'id' : 'key'} = ?`, value) as Row | undefined;
  return row && taskFrom(row);
}

export function taskEvents(sql: Sql, id: string): TaskEvent[] {
  const rows = sql.all(
    'SELECT e.record FROM task t JOIN task_event e ON e.task_seq = t.seq WHERE t.id = ? ORDER BY e.n',
    id,
  ) as { record: string }[];
  return rows.map(({ record }) => JSON.parse(record) as TaskEvent);
}

export function listTasks(sql: Sql, query: TaskQuery): { tasks: WorkflowTask[]; next: string | null } {
  const limit = limitOf(query.limit);
  const { where, values } = conditions(query);
  const after = cursorOf(query);
  const byDue = query.order !== 'newest-first';
  if (query.states) {
    where.push(`state IN (${marks(query.states)})`);
    values.push(...query.states);
  }
  if (asksOpenOnly(query)) where.push('open = 1');
  if (after) {
    where.push(byDue ? '(due_rank, urgency, seq) > (?, ?, ?)' : 'seq < ?');
    values.push(...(byDue ? after : [after[2]]));
  }
  const order = byDue ? 'due_rank, urgency, seq' : 'seq DESC';
  const rows = sql.all(`${ROW}WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ? + 0`, ...values, limit) as Row[];
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { tasks: rows.map(taskFrom), next: last ? cursorText([last.due_rank, last.urgency, last.seq]) : null };
}

export function countTasks(sql: Sql, query: TaskQuery, now: number): TaskCounts {
  const { where, values } = conditions(query);
  const rows = sql.all(
    `SELECT state, count(*) AS n, sum(open = 1 AND due_rank < ?) AS overdue FROM task WHERE ${where.join(' AND ')} GROUP BY state`,
    now,
    ...values,
  ) as { state: TaskState; n: number; overdue: number }[];
  const none = Object.fromEntries(TASK_STATES.map((state) => [state, 0])) as Record<TaskState, number>;
  const counts = { ...none, overdue: 0 };
  for (const { state, n, overdue } of rows) {
    counts[state] = n;
    counts.overdue += overdue;
  }
  return counts;
}

export function tasksOutOfStep(sql: Sql, before: number, limit: number): WorkflowTask[] {
  const rows = sql.all(`${ROW}WHERE sync_at < ? ORDER BY sync_at, seq LIMIT ? + 0`, before, limit) as Row[];
  return rows.map(taskFrom);
}

function conditions(query: TaskQuery): { where: string[]; values: Bindable[] } {
  const where = ['1 = 1'];
  const values: Bindable[] = [];
  const equals: readonly [string, string | undefined][] = [
    ['role', query.role],
    ['unit', query.unit],
    ['person', query.person],
    ['message_id', query.messageId],
    ['code', query.code],
  ];
  for (const [column, value] of equals) {
    if (value === undefined) continue;
    where.push(`${column} = ?`);
    values.push(value);
  }
  if (query.overdueAt !== undefined) {
    where.push('open = 1 AND due_rank < ?');
    values.push(query.overdueAt);
  }
  if (query.definitions) {
    where.push(`definition IN (${marks(query.definitions)})`);
    values.push(...query.definitions);
  }
  if (query.mine) {
    const ways = ['person = ?'];
    values.push(query.mine.person);
    for (const { role, units } of query.mine.roles) {
      ways.push(
        `(person IS NULL AND role = ?${units === 'all' ? '' : ` AND (unit IS NULL OR unit IN (${marks(units)}))`})`,
      );
      values.push(role, ...(units === 'all' ? [] : units));
    }
    where.push(`(${ways.join(' OR ')})`);
  }
  return { where, values };
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
