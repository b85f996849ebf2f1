import { DIFFERENCE_STATES } from '../../contract/index.ts';
import type { Difference, DifferenceQuery, DifferenceState } from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import type { Bindable, Sql } from '../sql.ts';

interface Row {
  record: string;
}

const from = ({ record }: Row): Difference => JSON.parse(record) as Difference;

export function getDifference(sql: Sql, id: string): Difference | undefined {
  const row = sql.get('SELECT record FROM difference WHERE id = ?', id) as Row | undefined;
  return row && from(row);
}

export function listDifferences(sql: Sql, query: DifferenceQuery): Difference[] {
  const { where, values } = conditions(query);
  const text = `SELECT record FROM difference WHERE ${where.join(' AND ')} ORDER BY since DESC, seq DESC LIMIT ? + 0`;
  return (sql.all(text, ...values, limitOf(query.limit)) as Row[]).map(from);
}

export function countDifferences(
  sql: Sql,
  query: Pick<DifferenceQuery, 'definitions'>,
): Record<DifferenceState, number> {
  const { where, values } = conditions(query);
  const rows = sql.all(
    `SELECT state, count(*) AS n FROM difference WHERE ${where.join(' AND ')} GROUP BY state`,
    ...values,
  ) as { state: DifferenceState; n: number }[];
  const counts = Object.fromEntries(DIFFERENCE_STATES.map((state) => [state, 0])) as Record<DifferenceState, number>;
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}

function conditions({ states, endpoint, messageId, definitions, before }: DifferenceQuery): {
  where: string[];
  values: Bindable[];
} {
  const where = ['1 = 1'];
  const values: Bindable[] = [];
  const filters: readonly [string, Bindable | undefined][] = [
    ['endpoint = ?', endpoint],
    ['message_id = ?', messageId],
    ['since < ?', before],
  ];
  for (const [condition, value] of filters) {
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  const lists: readonly [string, readonly string[] | undefined][] = [
    ['state', states],
    ['definition', definitions],
  ];
  for (const [column, wanted] of lists) {
    if (!wanted) continue;
    where.push(`${column} IN (${wanted.map(() => '?').join(', ')})`);
    values.push(...wanted);
  }
  return { where, values };
}
