import type { AuditEntry, DecisionRecord, Escalation, GateFact, GateVerdict, NewWork } from '../../contract/index.ts';
import { json } from '../sql.ts';
import { escalationFrom, type EscalationRow } from '../read/rows.ts';
import type { WriteContext } from './context.ts';
import { addChild } from './settle.ts';

export function recordDecision(ctx: WriteContext, decision: DecisionRecord): void {
  ctx.sql.run(
    'INSERT OR IGNORE INTO decision (id, message_id, record) VALUES (?, ?, ?)',
    decision.id,
    decision.messageId,
    json(decision),
  );
}

interface Passed {
  message_id: string;
  content_hash: string;
  event_time: number | null;
  at: number;
}

/**
 * Compared with the newest fact that passed under the key: a result corrected back to an older value is a correction of
 * the newest, not a repeat of the older. Each message keeps its verdict, so a redelivery hears the same again.
 */
export function admit(ctx: WriteContext, fact: GateFact): GateVerdict {
  const earlier = ctx.sql.get(
    'SELECT kind, first_message_id, first_at FROM gate_fact WHERE scope = ? AND key = ? AND message_id = ? AND content_hash = ?',
    fact.scope,
    fact.key,
    fact.messageId,
    fact.contentHash,
  ) as { kind: GateVerdict['kind']; first_message_id: string | null; first_at: number | null } | undefined;
  if (earlier) return verdict(earlier.kind, earlier.first_message_id, earlier.first_at);
  const current = ctx.sql.get(
    "SELECT message_id, content_hash, event_time, at FROM gate_fact WHERE scope = ? AND key = ? AND kind IN ('new', 'correction') " +
      'ORDER BY seq DESC LIMIT 1',
    fact.scope,
    fact.key,
  ) as Passed | undefined;
  const same = ctx.sql.get(
    'SELECT message_id, content_hash, event_time, at FROM gate_fact WHERE scope = ? AND key = ? AND content_hash = ? ORDER BY seq LIMIT 1',
    fact.scope,
    fact.key,
    fact.contentHash,
  ) as Passed | undefined;
  const [kind, against] = compare(fact, current, same);
  ctx.sql.run(
    'INSERT INTO gate_fact (scope, key, message_id, content_hash, event_time, at, kind, first_message_id, first_at) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    fact.scope,
    fact.key,
    fact.messageId,
    fact.contentHash,
    fact.eventTime,
    fact.at,
    kind,
    against?.message_id ?? null,
    against?.at ?? null,
  );
  return verdict(kind, against?.message_id ?? null, against?.at ?? null);
}

function compare(
  fact: GateFact,
  current: Passed | undefined,
  same: Passed | undefined,
): [GateVerdict['kind'], Passed | undefined] {
  if (!current) return ['new', undefined];
  if (current.content_hash === fact.contentHash) return ['repeat', current];
  const later = fact.eventTime !== null && current.event_time !== null && fact.eventTime > current.event_time;
  if (fact.correction || later) return ['correction', current];
  return same ? ['repeat', same] : ['conflict', current];
}

function verdict(kind: GateVerdict['kind'], first: string | null, firstAt: number | null): GateVerdict {
  return kind === 'new' ? { kind } : { kind, first: first ?? '', firstAt: firstAt ?? 0 };
}

const ESCALATION = 'SELECT record, state, next_step, next_at, ended_at, ended_by FROM escalation ';

export function startEscalation(
  ctx: WriteContext,
  escalation: Escalation,
): { kind: 'started' | 'exists'; escalation: Escalation } {
  const row = ctx.sql.get(`${ESCALATION}WHERE key = ?`, escalation.key) as EscalationRow | undefined;
  if (row) return { kind: 'exists', escalation: escalationFrom(row) };
  ctx.sql.run(
    'INSERT INTO escalation (id, key, message_id, state, started_at, next_step, next_at, ended_at, ended_by, record) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    escalation.id,
    escalation.key,
    escalation.messageId,
    escalation.state,
    escalation.startedAt,
    escalation.nextStep,
    escalation.nextAt,
    escalation.endedAt,
    json(escalation.endedBy),
    json(escalation),
  );
  return { kind: 'started', escalation };
}

export function fireEscalation(
  ctx: WriteContext,
  id: string,
  step: number,
  child: NewWork,
  next: { readonly at: number } | 'exhausted',
  audit: AuditEntry,
): boolean {
  const moved = ctx.sql.run(
    "UPDATE escalation SET next_step = next_step + 1, next_at = ?, state = ? WHERE id = ? AND next_step = ? AND state = 'open'",
    next === 'exhausted' ? null : next.at,
    next === 'exhausted' ? 'exhausted' : 'open',
    id,
    step,
  );
  if (moved === 0) return false;
  addChild(ctx, child);
  ctx.audit(audit);
  return true;
}

export function endEscalation(
  ctx: WriteContext,
  id: string,
  state: 'acknowledged' | 'cancelled',
  by: { readonly actor: string; readonly via: string; readonly reason?: string },
  at: number,
  child: NewWork | null,
  audit: AuditEntry,
): boolean {
  const ended = ctx.sql.run(
    "UPDATE escalation SET state = ?, next_at = NULL, ended_at = ?, ended_by = ? WHERE id = ? AND state IN ('open', 'exhausted')",
    state,
    at,
    json(by),
    id,
  );
  if (ended === 0) return false;
  if (child) addChild(ctx, child);
  ctx.audit(audit);
  return true;
}

export function putDefinition(
  ctx: WriteContext,
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  at: number,
): void {
  ctx.sql.run(
    'INSERT OR IGNORE INTO definition_version (version, name, files, at) VALUES (?, ?, ?, ?)',
    version,
    name,
    json(files),
    at,
  );
}
