import type {
  TaskCounts,
  TaskEvent,
  TaskQuery,
  TaskState,
  TaskWord,
  WorkflowTask,
  WorkflowTasks,
} from '../../contract/index.ts';
import { TASK_STATES } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import { asksOpenOnly, cursorOf, cursorText, knownCopyOf, seqAfter } from '../../task-places.ts';
import { LOOKED_AT, meetsWords, type SearchedTask } from '../../task-words.ts';
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
  const { text, values } = pageOf(query, ROW, limit);
  const rows = sql.all(text, ...values) as unknown as Row[];
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { tasks: rows.map(taskFrom), next: last ? placeOf(last) : null };
}

const placeOf = ({ due_rank, urgency, seq }: Omit<Row, 'record'>): string => cursorText([due_rank, urgency, seq]);

/** One page in its order, of the columns that are asked for, which the order's own are among. */
function pageOf(
  query: TaskQuery,
  select: string,
  limit: number,
): { readonly text: string; readonly values: Bindable[] } {
  const { where, values } = conditions(query);
  const after = cursorOf(query);
  const byDue = query.order !== 'newest-first';
  if (asksOpenOnly(query)) where.push('open = 1');
  if (after) {
    where.push(byDue ? '(due_rank, urgency, seq) > (?, ?, ?)' : 'seq < ?');
    values.push(...(byDue ? after : [after[2]]));
  }
  const order = byDue ? 'due_rank, urgency, seq' : 'seq DESC';
  const page = (also = ''): string => `${select}WHERE ${where.join(' AND ')}${also} ORDER BY ${order} LIMIT ? + 0`;
  const states = query.states && [...new Set(query.states)];
  if (states?.length === 0) return { text: `${select}WHERE 1 = 0`, values: [] };
  if (!states) return { text: page(), values: [...values, limit] };
  if (byDue) return { text: page(` AND state IN (${marks(states)})`), values: [...values, ...states, limit] };
  // The newest of each state, by its index: all that ever ended is not sorted for one page.
  const each = states.map(() => `SELECT * FROM (${page(' AND state = ?')})`).join(' UNION ALL ');
  return {
    text: `SELECT * FROM (${each}) ORDER BY ${order} LIMIT ? + 0`,
    values: [...states.flatMap((state) => [...values, state, limit]), limit],
  };
}

interface SearchedRow extends Omit<Row, 'record'> {
  title: string;
  code: string;
  definition: string;
  service_line: string | null;
  patient_hint: string | null;
  message_id: string;
  role: string | null;
  unit: string | null;
  person: string | null;
  open: number;
}

/** The records of what is found alone are read whole. */
export function searchTasks(
  sql: Sql,
  query: TaskQuery,
  words: readonly TaskWord[],
): { tasks: WorkflowTask[]; next: string | null; looked: number } {
  const limit = limitOf(query.limit);
  const { text, values } = pageOf(query, 'SELECT seq, due_rank, urgency FROM task ', LOOKED_AT);
  const order = query.order === 'newest-first' ? 'p.seq DESC' : 'p.due_rank, p.urgency, p.seq';
  const rows = sql.all(
    "SELECT p.*, t.code, t.definition, t.message_id, t.role, t.unit, t.person, t.open, t.record ->> '$.title' AS title, " +
      "t.record ->> '$.serviceLine' AS service_line, t.record ->> '$.patientHint' AS patient_hint " +
      `FROM (${text}) p CROSS JOIN task t ON t.seq = p.seq ORDER BY ${order}`,
    ...values,
  ) as unknown as SearchedRow[];
  const found: SearchedRow[] = [];
  let looked = 0;
  for (const row of rows) {
    if (found.length === limit) break;
    looked += 1;
    if (meetsWords(searchedFrom(row), words)) found.push(row);
  }
  const last = found.length === limit || looked === LOOKED_AT ? rows[looked - 1] : undefined;
  return {
    tasks: found.flatMap(({ seq }) => {
      const row = sql.get(`${ROW}WHERE seq = ?`, seq) as Row | undefined;
      return row ? [taskFrom(row)] : [];
    }),
    next: last ? placeOf(last) : null,
    looked,
  };
}

const searchedFrom = (row: SearchedRow): SearchedTask => ({
  title: row.title,
  code: row.code,
  definition: row.definition,
  serviceLine: row.service_line,
  patientHint: row.patient_hint,
  messageId: row.message_id,
  assigned: { role: row.role, unit: row.unit, person: row.person },
  open: row.open === 1,
});

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

export function taskCopies(
  sql: Sql,
  { after, limit }: Parameters<WorkflowTasks['copies']>[0],
): Awaited<ReturnType<WorkflowTasks['copies']>> {
  const page = limitOf(limit);
  const rows = sql.all(
    `${ROW}WHERE sync_at IS NOT NULL AND seq > ? ORDER BY seq LIMIT ? + 0`,
    seqAfter(after),
    page,
  ) as Row[];
  const copies = rows.flatMap((row) => knownCopyOf(taskFrom(row)) ?? []);
  const last = rows.length === page ? rows.at(-1) : undefined;
  return { copies, next: last ? String(last.seq) : null };
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
    ["json_extract(record, '$.about')", query.about],
  ];
  for (const [column, value] of equals) {
    if (value === undefined) continue;
    where.push(`${column} = ?`);
    values.push(value);
  }
  if (query.patients) {
    where.push(`json_extract(record, '$.patient') IN (${marks(query.patients)})`);
    values.push(...query.patients);
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
  if (query.area) {
    const { units, roles } = query.area;
    const everywhere = roles.filter((one) => one.everywhere).map(({ role }) => role);
    const all = roles.map(({ role }) => role);
    where.push(
      `(unit IN (${marks(units)}) OR role IN (${marks(everywhere)}) OR (unit IS NULL AND role IN (${marks(all)})))`,
    );
    values.push(...units, ...everywhere, ...all);
  }
  return { where, values };
}

const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
