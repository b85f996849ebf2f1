import type { AuditEntry, Escalation, NewWork } from '../../contract/index.ts';
import { keptDecisions, type DecisionGroup } from '../decisions.ts';
import { packUnlessShort } from '../packed.ts';
import { decisionsOfMessage } from '../read/clinical.ts';
import { json } from '../sql.ts';
import { escalationFrom, type EscalationRow } from '../read/rows.ts';
import { restated } from '../../restated.ts';
import type { WriteContext } from './context.ts';
import { addChild } from './children.ts';

/** Once for each id: a redelivery that decides the same again changes nothing. */
export function recordDecisions(ctx: WriteContext, groups: readonly DecisionGroup[]): void {
  for (const group of groups) {
    const { messageId, ids } = group;
    const seen = ctx.decidedOf(messageId, () => decisionsOfMessage(ctx.sql, messageId).map((record) => record.id));
    const fresh = new Set<number>();
    for (const [place, id] of ids.entries()) if (!seen.has(id) && seen.add(id)) fresh.add(place);
    if (fresh.size === 0) continue;
    ctx.sql.run(
      'INSERT INTO decision_set (message_id, n, packed) VALUES (?1, ' +
        '(SELECT coalesce(max(n) + 1, 0) FROM decision_set WHERE message_id = ?1), ?2)',
      messageId,
      packUnlessShort(keptDecisions(group, (text) => ctx.term(text), fresh.size < ids.length ? fresh : undefined)),
    );
  }
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

export function restateEscalation(ctx: WriteContext, id: string, messageId: string): boolean {
  const row = ctx.sql.get(`${ESCALATION}WHERE id = ?`, id) as EscalationRow | undefined;
  const known = row && escalationFrom(row);
  if (!known || known.messageId === messageId) return false;
  const restatedBy = json(restated(known, messageId));
  ctx.sql.run("UPDATE escalation SET record = json_set(record, '$.restatedBy', json(?)) WHERE id = ?", restatedBy, id);
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
    'INSERT INTO definition_version (version, name, files, at) VALUES (?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET at = excluded.at',
    version,
    name,
    json(files),
    at,
  );
}
