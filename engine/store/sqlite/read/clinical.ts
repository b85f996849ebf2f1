import type { AuditQuery, AuditRecord, DecisionRecord, Escalation, EscalationQuery } from '../../contract/index.ts';
import { GENESIS } from '../../../audit/record-hash.ts';
import type { Bindable, Sql } from '../sql.ts';
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
  const row = sql.get<EffectRow>(`SELECT ${EFFECT_COLUMNS} FROM effect WHERE key = ?`, key);
  return row && effectFrom(row);
}

export function effectsOfMessage(sql: Sql, messageId: string): OwnedEffect[] {
  return sql
    .all<EffectRow>(`SELECT ${EFFECT_COLUMNS} FROM effect WHERE message_id = ? ORDER BY seq`, messageId)
    .map(effectFrom);
}

export function decisionsOfMessage(sql: Sql, messageId: string): DecisionRecord[] {
  return sql
    .all<{ record: string }>('SELECT record FROM decision WHERE message_id = ? ORDER BY seq', messageId)
    .map((row) => JSON.parse(row.record) as DecisionRecord);
}

const ESCALATION = 'SELECT record, state, next_step, next_at, ended_at, ended_by FROM escalation ';

export function dueEscalations(sql: Sql, now: number, limit: number): Escalation[] {
  return sql
    .all<EscalationRow>(`${ESCALATION}WHERE next_at <= ? ORDER BY next_at, seq LIMIT ?`, now, limit)
    .map(escalationFrom);
}

export function nextEscalationDue(sql: Sql): number | null {
  return (
    sql.get<{ at: number | null }>('SELECT min(next_at) AS at FROM escalation WHERE next_at IS NOT NULL')?.at ?? null
  );
}

export function getEscalation(sql: Sql, by: 'id' | 'key', value: string): Escalation | undefined {
  const row = sql.get<EscalationRow>(`${ESCALATION}WHERE ${by === 'id' ? 'id' : 'key'} = ?`, value);
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
  if (query.before !== undefined) {
    where.push('started_at < ?');
    values.push(query.before);
  }
  return sql
    .all<EscalationRow>(
      `${ESCALATION}${where.length > 0 ? `WHERE ${where.join(' AND ')} ` : ''}ORDER BY started_at DESC, seq DESC LIMIT ?`,
      ...values,
      limitOf(query.limit),
    )
    .map(escalationFrom);
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
  return sql
    .all<AuditRow>(
      `SELECT * FROM audit ${where.length > 0 ? `WHERE ${where.join(' AND ')} ` : ''}` +
        `ORDER BY seq ${query.order === 'oldest-first' ? 'ASC' : 'DESC'} LIMIT ?`,
      ...values,
      limitOf(query.limit),
    )
    .map(auditFrom);
}

export function auditHead(sql: Sql): { seq: number; hash: string } {
  return (
    sql.get<{ seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1') ?? {
      seq: 0,
      hash: GENESIS,
    }
  );
}

export function getDefinition(
  sql: Sql,
  version: string,
): { name: string; files: Readonly<Record<string, string>> } | undefined {
  const row = sql.get<{ name: string; files: string }>(
    'SELECT name, files FROM definition_version WHERE version = ?',
    version,
  );
  return row && { name: row.name, files: JSON.parse(row.files) as Record<string, string> };
}

const limitOf = (limit: number | undefined): number => Math.min(Math.max(Math.trunc(limit ?? 100), 1), 1000);
