import {
  ALERT_STATES,
  type AlertQuery,
  type AlertRecord,
  type AlertState,
  type HeldBackAlert,
} from '../../contract/index.ts';
import { limitOf } from '../../limit-of.ts';
import type { Bindable, Sql } from '../sql.ts';

interface Row {
  record: string;
}

export function getAlert(sql: Sql, id: string): AlertRecord | undefined {
  return from(sql.get('SELECT record FROM alert WHERE id = ?', id));
}

export function newestAlertOfGroup(sql: Sql, group: string): AlertRecord | undefined {
  return from(sql.get('SELECT record FROM alert WHERE grp = ? ORDER BY seq DESC LIMIT 1', group));
}

/** Newest first. */
export function listAlerts(sql: Sql, { states, ...query }: AlertQuery): AlertRecord[] {
  const { where, values } = conditions(query, 'started_at');
  if (states) {
    where.push(`state IN (${marks(states)})`);
    values.push(...states);
  }
  const text = `SELECT record FROM alert WHERE ${where.join(' AND ')} ORDER BY started_at DESC, seq DESC LIMIT ? + 0`;
  return (sql.all(text, ...values, limitOf(query.limit)) as Row[]).map(
    ({ record }) => JSON.parse(record) as AlertRecord,
  );
}

export function alertCounts(sql: Sql, query: Omit<AlertQuery, 'states' | 'limit'>): Record<AlertState, number> {
  const { where, values } = conditions(query, 'started_at');
  const text = `SELECT state, count(*) AS n FROM alert WHERE ${where.join(' AND ')} GROUP BY state`;
  const rows = sql.all(text, ...values) as { state: AlertState; n: number }[];
  const none = Object.fromEntries(ALERT_STATES.map((state) => [state, 0])) as Record<AlertState, number>;
  return { ...none, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
}

export function listHeldBack(sql: Sql, query: Omit<AlertQuery, 'states'>): HeldBackAlert[] {
  const { where, values } = conditions(query, 'at');
  const text = `SELECT record FROM alert_held WHERE ${where.join(' AND ')} ORDER BY at DESC, seq DESC LIMIT ? + 0`;
  return (sql.all(text, ...values, limitOf(query.limit)) as Row[]).map(
    ({ record }) => JSON.parse(record) as HeldBackAlert,
  );
}

function conditions(query: Omit<AlertQuery, 'states'>, time: string): { where: string[]; values: Bindable[] } {
  const where = ['1 = 1'];
  const values: Bindable[] = [];
  const filters: readonly [string, Bindable | undefined][] = [
    ['policy = ?', query.policy],
    ['message_id = ?', query.messageId],
    ['grp = ?', query.group],
    [`${time} >= ?`, query.since],
    [`${time} < ?`, query.before],
  ];
  for (const [condition, value] of filters) {
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  if (query.definitions) {
    where.push(`definition IN (${marks(query.definitions)})`);
    values.push(...query.definitions);
  }
  return { where, values };
}

const from = (row: unknown): AlertRecord | undefined =>
  row === undefined ? undefined : (JSON.parse((row as Row).record) as AlertRecord);
const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
