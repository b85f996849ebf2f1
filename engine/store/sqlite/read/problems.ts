import { PROBLEM_STATES } from '../../contract/index.ts';
import type { ProblemQuery, ProblemReport, ProblemState } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import type { Bindable, Sql } from '../sql.ts';

interface Row {
  record: string;
}

const from = ({ record }: Row): ProblemReport => JSON.parse(record) as ProblemReport;

export function getProblem(sql: Sql, id: string): ProblemReport | undefined {
  const row = sql.get('SELECT record FROM problem WHERE id = ?', id) as Row | undefined;
  return row && from(row);
}

export function listProblems(sql: Sql, query: ProblemQuery): ProblemReport[] {
  const { where, values } = conditions(query);
  const text = `SELECT record FROM problem WHERE ${where.join(' AND ')} ORDER BY at DESC, seq DESC LIMIT ? + 0`;
  return (sql.all(text, ...values, limitOf(query.limit)) as Row[]).map(from);
}

export function countProblems(sql: Sql, query: Pick<ProblemQuery, 'definitions'>): Record<ProblemState, number> {
  const { where, values } = conditions(query);
  const rows = sql.all(
    `SELECT state, count(*) AS n FROM problem WHERE ${where.join(' AND ')} GROUP BY state`,
    ...values,
  ) as { state: ProblemState; n: number }[];
  const counts = Object.fromEntries(PROBLEM_STATES.map((state) => [state, 0])) as Record<ProblemState, number>;
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}

function conditions(query: ProblemQuery): { where: string[]; values: Bindable[] } {
  const where = ['1 = 1'];
  const values: Bindable[] = [];
  const filters: readonly [string, Bindable | undefined][] = [
    ['kind = ?', query.kind],
    ['message_id = ?', query.messageId],
    ['by_whom = ?', query.by],
    ['at >= ?', query.since],
    ['at < ?', query.before],
  ];
  for (const [condition, value] of filters) {
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  const lists: readonly [string, readonly string[] | undefined][] = [
    ['state', query.states],
    ['definition', query.definitions],
  ];
  for (const [column, wanted] of lists) {
    if (!wanted) continue;
    where.push(`${column} IN (${wanted.map(() => '?').join(', ')})`);
    values.push(...wanted);
  }
  return { where, values };
}
