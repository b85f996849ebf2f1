import type { AuditQuery, AuditRecord, DecisionRecord, Escalation, EscalationQuery } from '../../contract/index.ts';
import { GENESIS } from '../../../audit/record-hash.ts';
import { limitOf } from '../../limit-of.ts';
import { decisionsFrom } from '../decisions.ts';
import { unpack } from '../packed.ts';
import type { Bindable, Sql } from '../sql.ts';
import { termText } from './term.ts';
import {
  auditFrom,
  EFFECT_COLUMNS,
  effectFrom,
  escalationFrom,
  type AuditRow,
  type EffectRow,
  type EscalationRow,
  type OwnedEffect,
} from './rows.ts';

export function getEffect(sql: Sql, key: string): OwnedEffect | undefined {
  const row = sql.get(`SELECT ${EFFECT_COLUMNS} FROM effect WHERE key = ?`, key) as EffectRow | undefined;
  return row && effectFrom(row);
}

export function effectsOfMessage(sql: Sql, messageId: string): OwnedEffect[] {
  return (
    sql.all(`SELECT ${EFFECT_COLUMNS} FROM effect WHERE message_id = ? ORDER BY seq`, messageId) as EffectRow[]
  ).map(effectFrom);
}

/** In the order in which they were begun, from their table's own order: no index is kept for it. */
export function doneEffects(
  sql: Sql,
  { after, limit }: { readonly after?: number; readonly limit: number },
): { readonly records: OwnedEffect[]; readonly after: number | null } {
  const rows = sql.all(
    `SELECT seq, ${EFFECT_COLUMNS} FROM effect WHERE seq < ? + 0 ORDER BY seq DESC LIMIT ? + 0`,
    after ?? Number.MAX_SAFE_INTEGER,
    limit,
  ) as (EffectRow & { seq: number })[];
  const records = rows.filter(({ state }) => state === 'done').map(effectFrom);
  return { records, after: rows.length < limit ? null : (rows.at(-1)?.seq ?? null) };
}

export function decisionsOfMessage(sql: Sql, messageId: string): DecisionRecord[] {
  // Before the fifth migration each was a row of its own.
  const single = sql.all('SELECT record FROM decision WHERE message_id = ? ORDER BY seq', messageId) as {
    record: string;
  }[];
  const sets = sql.all('SELECT packed FROM decision_set WHERE message_id = ? ORDER BY n', messageId) as {
    packed: Uint8Array;
  }[];
  return [
    ...single.map((row) => JSON.parse(row.record) as DecisionRecord),
    ...sets.flatMap(({ packed }) =>
      decisionsFrom(unpack(packed).toString('utf8'), messageId, (id) => termText(sql, id)),
    ),
  ];
}

/** As their indexes have them. */
const ESCALATION_SOURCE = "json_extract(record, '$.subscription')";
const ESCALATION_FACT = "json_extract(record, '$.fact.id')";
const ESCALATION_TASK = "json_extract(record, '$.task')";
const ESCALATION = 'SELECT record, state, next_step, next_at, ended_at, ended_by FROM escalation ';

export function dueEscalations(sql: Sql, now: number, limit: number): Escalation[] {
  return (
    sql.all(`${ESCALATION}WHERE next_at <= ? ORDER BY next_at, seq LIMIT ? + 0`, now, limit) as EscalationRow[]
  ).map(escalationFrom);
}

export function nextEscalationDue(sql: Sql): number | null {
  return (
    (
      sql.get('SELECT min(next_at) AS at FROM escalation WHERE next_at IS NOT NULL') as
        { at: number | null } | undefined
    )?.at ?? null
  );
}

export function getEscalation(sql: Sql, by: 'id' | 'key', value: string): Escalation | undefined {
  const row = sql.get(`${ESCALATION}WHERE ${by === 'id' ? 'id' : 'key'} = ?`, value) as EscalationRow | undefined;
  return row && escalationFrom(row);
}

/** Newest first. */
export function listEscalations(sql: Sql, query: EscalationQuery): Escalation[] {
  const where: string[] = [];
  const values: Bindable[] = [];
  if (query.states) {
    where.push(`state IN (${query.states.map(() => '?').join(', ')})`);
    values.push(...query.states);
  }
  if (query.messageId !== undefined) {
    where.push('message_id = ?');
    values.push(query.messageId);
  }
  if (query.subscription !== undefined) {
    where.push(`${ESCALATION_SOURCE} = ?`);
    values.push(query.subscription);
  }
  if (query.definitions) {
    where.push(`json_extract(record, '$.definition') IN (${query.definitions.map(() => '?').join(', ')})`);
    values.push(...query.definitions);
  }
  if (query.fact !== undefined) {
    where.push(`${ESCALATION_FACT} = ?`);
    values.push(query.fact);
  }
  if (query.task !== undefined) {
    where.push(`${ESCALATION_TASK} = ?`);
    values.push(query.task);
  }
  if (query.before !== undefined) {
    where.push('started_at < ?');
    values.push(query.before);
  }
  return (
    sql.all(
      `${ESCALATION}${where.length > 0 ? `WHERE ${where.join(' AND ')} ` : ''}ORDER BY started_at DESC, seq DESC LIMIT ? + 0`,
      ...values,
      limitOf(query.limit),
    ) as EscalationRow[]
  ).map(escalationFrom);
}

export function tasksWaitedFor(sql: Sql, after: string, limit: number): string[] {
  const rows = sql.all(
    `SELECT DISTINCT ${ESCALATION_TASK} AS task FROM escalation WHERE ${ESCALATION_TASK} IS NOT NULL ` +
      `AND state IN ('open', 'exhausted') AND ${ESCALATION_TASK} > ? ORDER BY ${ESCALATION_TASK} LIMIT ? + 0`,
    after,
    limit,
  ) as { task: string }[];
  return rows.map(({ task }) => task);
}

export function listAudit(sql: Sql, query: AuditQuery): AuditRecord[] {
  const where: string[] = [];
  const values: Bindable[] = [];
  const filters: readonly [string, Bindable | undefined][] = [
    ['message_id = ?', query.messageId],
    ['type = ?', query.type],
    ['actor = ?', query.actor],
    ['at >= ?', query.since],
    ['at < ?', query.until],
    ['seq > ?', query.after],
    ['seq < ?', query.before],
  ];
  for (const [condition, value] of filters) {
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  return (
    sql.all(
      `SELECT * FROM audit ${where.length > 0 ? `WHERE ${where.join(' AND ')} ` : ''}` +
        `ORDER BY seq ${query.order === 'oldest-first' ? 'ASC' : 'DESC'} LIMIT ? + 0`,
      ...values,
      limitOf(query.limit),
    ) as AuditRow[]
  ).map(auditFrom);
}

export function auditHead(sql: Sql): { seq: number; hash: string } {
  return (
    (sql.get('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1') as { seq: number; hash: string } | undefined) ?? {
      seq: 0,
      hash: GENESIS,
    }
  );
}

export function getDefinition(
  sql: Sql,
  version: string,
): { name: string; files: Readonly<Record<string, string>> } | undefined {
  const row = sql.get('SELECT name, files FROM definition_version WHERE version = ?', version) as
    { name: string; files: string } | undefined;
  return row && { name: row.name, files: JSON.parse(row.files) as Record<string, string> };
}

export function latestDefinition(sql: Sql, name: string): string | undefined {
  const row = sql.get('SELECT version FROM definition_version WHERE name = ? ORDER BY at DESC LIMIT 1', name);
  return (row as { version: string } | undefined)?.version;
}
