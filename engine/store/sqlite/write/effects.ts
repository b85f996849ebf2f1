import {
  LARGEST_REQUEST_BYTES,
  type AuditEntry,
  type EffectIdentity,
  type Effects,
  type EffectState,
} from '../../contract/index.ts';
import { bodyBytes, packBody, type KeptBody } from '../packed.ts';
import { effectFrom, EFFECT_COLUMNS, type EffectRow, type OwnedEffect } from '../read/rows.ts';
import { storeErrors } from '../errors.ts';
import { json } from '../sql.ts';
import type { WriteContext } from './context.ts';

/** As `EffectBegin`, with `tries` counting this one, and the place of the request among the bytes that go back. */
export type Begin =
  | { kind: 'act'; after: 'nothing' | 'failed' | 'ambiguous'; tries: number; requestAt?: Position }
  | { kind: 'recorded'; record: OwnedEffect }
  | { kind: 'in-flight' };

type Position = readonly [offset: number, length: number];

/** With what the columns of a record leave out. */
type NumberedRow = EffectRow & { readonly seq: number; readonly request: number };

/** What a repeat is given back, at most. */
const RESULT_LIMIT = 65_536;

export function beginEffect(
  ctx: WriteContext,
  identity: EffectIdentity,
  owner: string,
  at: number,
  request?: Position,
): Begin {
  if (request && request[1] > LARGEST_REQUEST_BYTES) {
    throw storeErrors.create('store-bad-argument', { operation: 'effects.begin' });
  }
  const row = ctx.sql.get(`SELECT ${EFFECT_COLUMNS}, seq, request FROM effect WHERE key = ?`, identity.key) as
    NumberedRow | undefined;
  if (!row) {
    const seq = ctx.sql.insert(
      'INSERT INTO effect (key, message_id, work_id, name, definition, target, discriminator, version, state, owner, started_at, tries, request) ' +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'in-flight', ?, ?, 1, ?)",
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
      request ? 1 : 0,
    );
    if (request) keepRequest(ctx, seq, identity, request);
    return { kind: 'act', after: 'nothing', tries: 1 };
  }
  if (row.state === 'done') return { kind: 'recorded', record: effectFrom(row) };
  if (row.state === 'in-flight' && row.owner === owner) return { kind: 'in-flight' };
  ctx.sql.run(
    "UPDATE effect SET state = 'in-flight', owner = ?, work_id = ?, started_at = ?, ended_at = NULL, tries = tries + 1, request = ? WHERE key = ?",
    owner,
    identity.workId,
    at,
    row.request === 1 || request ? 1 : 0,
    identity.key,
  );
  const requestAt = request && row.request === 1 ? keptRequest(ctx, row.seq) : undefined;
  if (request && !requestAt) keepRequest(ctx, row.seq, identity, request);
  const after = row.state === 'failed' ? 'failed' : 'ambiguous';
  return { kind: 'act', after, tries: row.tries + 1, ...(requestAt && { requestAt }) };
}

function keepRequest(ctx: WriteContext, seq: number, { messageId }: EffectIdentity, [from, length]: Position): void {
  const kept = packBody(ctx.incoming.subarray(from, from + length));
  ctx.sql.run(
    'INSERT INTO effect_request (seq, message_id, bytes, packed) VALUES (?, ?, ?, ?)',
    seq,
    messageId,
    kept.bytes,
    kept.packed,
  );
}

/** None where a person has decided or retention has taken it: what the flow computes now is then all there is. */
function keptRequest(ctx: WriteContext, seq: number): Position | undefined {
  const row = ctx.sql.get('SELECT bytes, packed FROM effect_request WHERE seq = ?', seq) as KeptBody | undefined;
  return row && ctx.send(bodyBytes(row));
}

/** What an UPDATE of an effect that is over gives back. */
const FORGET = ' RETURNING CASE request WHEN 1 THEN seq END AS requested';

function forgetRequest(ctx: WriteContext, row: unknown): void {
  const { requested } = (row ?? { requested: null }) as { requested: number | null };
  if (requested !== null) ctx.sql.run('DELETE FROM effect_request WHERE seq = ?', requested);
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
  const row = ctx.sql.get(
    // What is done stays done: a late report of a slower try must not undo it.
    "UPDATE effect SET state = ?, ended_at = ?, result = ?, summary = ?, failure = ? WHERE key = ? AND state <> 'done'" +
      FORGET,
    state,
    at,
    result,
    done ? outcome.summary : null,
    done ? null : json(outcome.failure),
    key,
  );
  if (done) forgetRequest(ctx, row);
}

export function decideEffect(
  ctx: WriteContext,
  key: string,
  outcome: Parameters<Effects['decide']>[1],
  at: number,
  audit: AuditEntry,
): 'decided' | 'not-ambiguous' | 'unknown' {
  const done = outcome.state === 'done';
  const changed = ctx.sql.get(
    "UPDATE effect SET state = ?, ended_at = ?, result = NULL, summary = ?, failure = ? WHERE key = ? AND state = 'ambiguous'" +
      FORGET,
    outcome.state,
    at,
    done ? outcome.summary : null,
    done ? null : json(outcome.failure),
    key,
  );
  if (!changed) return ctx.sql.get('SELECT 1 FROM effect WHERE key = ?', key) ? 'not-ambiguous' : 'unknown';
  forgetRequest(ctx, changed);
  ctx.audit(audit);
  return 'decided';
}
