import type {
  AcknowledgementCounts,
  AcknowledgementMaker,
  AcknowledgementRecord,
  ApplicationCode,
  OwedCondition,
} from '../../contract/index.ts';
import type { Sql } from '../sql.ts';
import { A, acknowledgementState } from '../states.ts';

export interface AcknowledgementRow {
  seq: number;
  message_id: string;
  feed: string;
  state: number;
  condition: OwedCondition;
  due_at: number;
  lapse_at: number;
  endpoint: string | null;
  code: ApplicationCode | null;
  made_at: number | null;
  made_by: AcknowledgementMaker | null;
  definition: string | null;
  delivered_at: number | null;
  tries: number;
  next_at: number | null;
  failure_code: string | null;
}

export const ACKNOWLEDGEMENT =
  'SELECT seq, message_id, feed, state, condition, due_at, lapse_at, endpoint, code, made_at, made_by, definition, ' +
  'delivered_at, tries, next_at, failure_code FROM acknowledgement ';

export function acknowledgementFrom(row: AcknowledgementRow): AcknowledgementRecord {
  return {
    messageId: row.message_id,
    feed: row.feed,
    state: acknowledgementState(row.state),
    condition: row.condition,
    dueAt: row.due_at,
    lapseAt: row.lapse_at,
    endpoint: row.endpoint,
    code: row.code,
    madeAt: row.made_at,
    madeBy: row.made_by,
    definition: row.definition,
    deliveredAt: row.delivered_at,
    tries: row.tries,
    nextAt: row.next_at,
    failureCode: row.failure_code,
  };
}

export function getAcknowledgement(sql: Sql, messageId: string): AcknowledgementRecord | undefined {
  const row = sql.get(`${ACKNOWLEDGEMENT}WHERE message_id = ?`, messageId) as AcknowledgementRow | undefined;
  return row && acknowledgementFrom(row);
}

export function acknowledgementBytes(sql: Sql, messageId: string): Uint8Array | undefined {
  const row = sql.get('SELECT bytes FROM acknowledgement WHERE message_id = ?', messageId) as
    { bytes: Uint8Array | null } | undefined;
  return row?.bytes ?? undefined;
}

export function dueAcknowledgements(
  sql: Sql,
  now: number,
  limit: number,
  resting: readonly string[] = [],
): readonly AcknowledgementRecord[] {
  const rows = sql.all(
    `${ACKNOWLEDGEMENT}WHERE next_at IS NOT NULL AND next_at <= ? AND (state <> ${A.made} OR endpoint IS NULL OR ` +
      'endpoint NOT IN (SELECT value FROM json_each(?))) ORDER BY next_at, seq LIMIT ? + 0',
    now,
    JSON.stringify(resting),
    limit,
  ) as AcknowledgementRow[];
  return rows.map(acknowledgementFrom);
}

export function nextAcknowledgementDue(sql: Sql): number | null {
  const row = sql.get('SELECT min(next_at) AS at FROM acknowledgement WHERE next_at IS NOT NULL') as {
    at: number | null;
  };
  return row.at;
}

/** Work that waits, is claimed or is parked may still answer. */
export const OPEN_WORK = 'SELECT 1 FROM work WHERE message_seq = acknowledgement.seq AND state IN (0, 1, 2)';

export function endedAcknowledgements(
  sql: Sql,
  limit: number,
  among?: readonly string[],
): readonly AcknowledgementRecord[] {
  const rows = sql.all(
    `${ACKNOWLEDGEMENT}WHERE state = ${A.awaited} AND NOT EXISTS (${OPEN_WORK}) ` +
      `${among ? 'AND message_id IN (SELECT value FROM json_each(?)) ' : ''}ORDER BY seq LIMIT ? + 0`,
    ...(among ? [JSON.stringify(among)] : []),
    limit,
  ) as AcknowledgementRow[];
  return rows.map(acknowledgementFrom);
}

export function countAcknowledgements(sql: Sql, now: number): readonly AcknowledgementCounts[] {
  return sql.all(
    `SELECT feed, sum(state = ${A.awaited}) AS awaited, sum(state = ${A.awaited} AND due_at <= ?) AS overdue, ` +
      `sum(state = ${A.made}) AS undelivered FROM acknowledgement WHERE state IN (0, 1) GROUP BY feed ORDER BY feed`,
    now,
  ) as AcknowledgementCounts[];
}
