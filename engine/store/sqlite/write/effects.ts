import type { AuditEntry, EffectIdentity, Effects, EffectState } from '../../contract/index.ts';
import { effectFrom, EFFECT_COLUMNS, type EffectRow, type OwnedEffect } from '../read/rows.ts';
import { storeErrors } from '../errors.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';

/** As `EffectBegin`, with `tries` counting this one. */
type Begin =
  | { kind: 'act'; after: 'nothing' | 'failed' | 'ambiguous'; tries: number }
  | { kind: 'recorded'; record: OwnedEffect }
  | { kind: 'in-flight' };

/** What a repeat is given back, at most. */
const RESULT_LIMIT = 65_536;

export function beginEffect(ctx: WriteContext, identity: EffectIdentity, owner: string, at: number): Begin {
  const row = ctx.sql.get(`SELECT ${EFFECT_COLUMNS} FROM effect WHERE key = ?`, identity.key) as EffectRow | undefined;
  if (!row) {
    ctx.sql.run(
      'INSERT INTO effect (key, message_id, work_id, name, definition, target, discriminator, version, state, owner, started_at, tries) ' +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'in-flight', ?, ?, 1)",
      identity.key,
      identity.messageId,
      identity.workId,
      identity.name,
      identity.definition,
      identity.target,
      identity.discriminator,
      identity.version,
      owner,
      at,
    );
    return { kind: 'act', after: 'nothing', tries: 1 };
  }
  if (row.state === 'done') return { kind: 'recorded', record: effectFrom(row) };
  if (row.state === 'in-flight' && row.owner === owner) return { kind: 'in-flight' };
  ctx.sql.run(
    "UPDATE effect SET state = 'in-flight', owner = ?, work_id = ?, started_at = ?, ended_at = NULL, tries = tries + 1 WHERE key = ?",
    owner,
    identity.workId,
    at,
    identity.key,
  );
  return { kind: 'act', after: row.state === 'failed' ? 'failed' : 'ambiguous', tries: row.tries + 1 };
}

export function finishEffect(
  ctx: WriteContext,
  key: string,
  outcome: Parameters<Effects['finish']>[1],
  at: number,
): void {
  const done = outcome.state === 'done';
  const result = done ? json(outcome.result) : null;
  if (result !== null && result.length > RESULT_LIMIT) {
    throw storeErrors.create('store-bad-argument', { operation: 'effects.finish' });
  }
  const state: EffectState = outcome.state;
  ctx.sql.run(
    // What is done stays done: a late report of a slower try must not undo it.
    "UPDATE effect SET state = ?, ended_at = ?, result = ?, summary = ?, failure = ? WHERE key = ? AND state <> 'done'",
    state,
    at,
    result,
    done ? outcome.summary : null,
    done ? null : json(outcome.failure),
    key,
  );
}

export function decideEffect(
  ctx: WriteContext,
  key: string,
  outcome: Parameters<Effects['decide']>[1],
  at: number,
  audit: AuditEntry,
): 'decided' | 'not-ambiguous' | 'unknown' {
  const done = outcome.state === 'done';
  const changed = ctx.sql.run(
    "UPDATE effect SET state = ?, ended_at = ?, result = NULL, summary = ?, failure = ? WHERE key = ? AND state = 'ambiguous'",
    outcome.state,
    at,
    done ? outcome.summary : null,
    done ? null : json(outcome.failure),
    key,
  );
  if (changed === 0) return ctx.sql.get('SELECT 1 FROM effect WHERE key = ?', key) ? 'not-ambiguous' : 'unknown';
  ctx.audit(audit);
  return 'decided';
}
