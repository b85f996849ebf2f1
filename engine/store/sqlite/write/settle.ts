import type { AuditEntry, Failure, Settlement, SettleRequest } from '../../contract/index.ts';
import { packUnlessShort } from '../packed.ts';
import { json } from '../sql.ts';
import { IN_FLIGHT } from '../read/work.ts';
import { W } from '../states.ts';
import { insertChild } from './accept.ts';
import type { WriteContext } from './context.ts';
import { followOnlyItem, refreshMessageState } from './message-state.ts';
import { promoteHead, refreshKey } from './ordering.ts';
import { keepReview } from './fallbacks.ts';
import { endParking } from './parking.ts';

interface Row {
  seq: number;
  message_seq: number;
  subscription: string;
  ordering_key: string | null;
  holds: number;
  held: number;
  state: number;
  lane: number;
  claim_lane: number;
  attempt: number;
  fence: number;
  claimed_at: number | null;
}

const COLUMNS =
  'SELECT seq, message_seq, subscription, ordering_key, holds, held, state, lane, claim_lane, attempt, fence, claimed_at ';
const ROW = `${COLUMNS}FROM work `;

/** The request as it crosses to the writer: the trace as `stepsText` writes it. */
export interface SettleArgs extends Omit<SettleRequest, 'trace'> {
  readonly trace: string;
}

export function settle(ctx: WriteContext, request: SettleArgs): 'settled' | 'lost-lease' {
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, request.workId) as Row | undefined;
  if (!row || row.state !== W.claimed || row.fence !== request.fence) return 'lost-lease';
  const { settlement, at } = request;
  const failure = failureIn(settlement);
  switch (settlement.kind) {
    case 'done':
      leave(ctx, row, W.done, at, null);
      ctx.tally('settled', at);
      break;
    case 'dead':
      leave(ctx, row, W.dead, at, failure);
      ctx.tally('died', at);
      break;
    case 'retry':
      back(ctx, row, settlement.at, settlement.counts, failure, settlement.anew);
      ctx.tally('retried', at);
      break;
    case 'held':
      park(ctx, row);
      break;
    default:
      settlement satisfies never;
  }
  keepAttempt(ctx, row, at, settlement.kind, failure, request.version, request.trace);
  for (const child of request.children ?? []) insertChild(ctx, child);
  for (const entry of request.audit ?? []) ctx.audit(entry);
  if (settlement.kind === 'held') keepReview(ctx, settlement.held);
  if (row.ordering_key !== null) promoteHead(ctx, row.ordering_key, row);
  const troubled = settlement.kind !== 'done' || row.attempt > 1;
  if (settlement.kind === 'held') refreshMessageState(ctx, row.message_seq, at);
  else if (troubled) refreshMessageState(ctx, row.message_seq, at, true);
  else followOnlyItem(ctx, row.message_seq, row.seq, 'ended', at);
  return 'settled';
}

const failureIn = (settlement: Settlement): Failure | null => ('failure' in settlement ? settlement.failure : null);

/** claimed -> parked: its key goes on without it. */
function park(ctx: WriteContext, row: Row): void {
  ctx.sql.run(
    'UPDATE work SET state = 2, held = 1, open = 1, ready = 0, blocks = 0, not_before = NULL, failure = NULL, ' +
      'lease_until = NULL, owner = NULL WHERE seq = ?',
    row.seq,
  );
  ctx.count('work', row.subscription, W.claimed, -1);
  ctx.count('work', row.subscription, W.parked, 1);
}

function leave(
  ctx: WriteContext,
  row: Row,
  state: typeof W.done | typeof W.dead,
  at: number,
  failure: Failure | null,
): void {
  const dead = state === W.dead;
  ctx.sql.run(
    'UPDATE work SET state = ?, open = ?, blocks = ?, settled_at = ?, failure = ?, lease_until = NULL, owner = NULL WHERE seq = ?',
    state,
    dead ? 1 : 0,
    dead && row.holds === 1 && row.ordering_key !== null ? 1 : 0,
    at,
    json(failure),
    row.seq,
  );
  ctx.count('work', row.subscription, W.claimed, -1);
  ctx.count('work', row.subscription, state, 1);
}

/** claimed -> waiting; without a time it is claimable at once. */
function back(
  ctx: WriteContext,
  row: Row,
  notBefore: number | null,
  counts: boolean,
  failure: Failure | null,
  anew = false,
): void {
  ctx.sql.run(
    'UPDATE work SET state = 0, ready = ?, not_before = ?, counted = counted + ?, failure = ?, waits_for = ?, ' +
      'first_delivered_at = iif(?, NULL, first_delivered_at), lease_until = NULL, owner = NULL WHERE seq = ?',
    notBefore === null && row.ordering_key === null ? 1 : 0,
    notBefore,
    counts ? 1 : 0,
    json(failure),
    failure?.waitsFor?.endpoint ?? null,
    anew ? 1 : 0,
    row.seq,
  );
  ctx.count('work', row.subscription, W.claimed, -1);
  ctx.count('work', row.subscription, W.waiting, 1);
}

function keepAttempt(
  ctx: WriteContext,
  row: Row,
  endedAt: number | null,
  outcome: 'done' | 'retry' | 'dead' | 'interrupted' | 'held',
  failure: Failure | null,
  version: string | null,
  trace: string,
): void {
  ctx.sql.run(
    'INSERT OR REPLACE INTO attempt (id, started_at, ended_at, version_term, outcome, failure, trail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    row.seq * 65536 + Math.min(row.attempt, 65535),
    row.claimed_at ?? 0,
    endedAt,
    version === null ? null : ctx.term(version),
    outcome,
    json(failure),
    trace === '' ? null : packUnlessShort(trace),
  );
}

export function renew(ctx: WriteContext, workId: string, fence: number, leaseUntil: number): boolean {
  return (
    ctx.sql.run(
      'UPDATE work SET lease_until = ? WHERE id = ? AND fence = ? AND state = 1',
      leaseUntil,
      workId,
      fence,
    ) === 1
  );
}

export function pin(ctx: WriteContext, workId: string, fence: number, version: string): string {
  const row = ctx.sql.get('SELECT pinned, fence, state FROM work WHERE id = ?', workId) as
    { pinned: string | null; fence: number; state: number } | undefined;
  if (!row || row.pinned !== null) return row?.pinned ?? version;
  // Whoever lost the lease may go on reading, but pins nothing: its settling fails anyway.
  if (row.state === W.claimed && row.fence === fence) {
    ctx.sql.run('UPDATE work SET pinned = ? WHERE id = ?', version, workId);
  }
  return version;
}

export function release(ctx: WriteContext, owner: string, at: number): number {
  const rows = ctx.sql.all(`${COLUMNS}FROM ${IN_FLIGHT} AND w.owner = ?`, owner) as Row[];
  return interrupt(ctx, rows, at, false);
}

/** An expired lease counts as an attempt: an item that hangs the flow each time must end as a dead letter. */
export function expireLeases(ctx: WriteContext, now: number): number {
  return interrupt(
    ctx,
    ctx.sql.all(`${COLUMNS}FROM ${IN_FLIGHT} AND w.lease_until <= ? ORDER BY seq`, now) as Row[],
    now,
    true,
  );
}

function interrupt(ctx: WriteContext, rows: readonly Row[], at: number, counts: boolean): number {
  for (const row of rows) {
    back(ctx, row, null, counts, null);
    keepAttempt(ctx, row, null, 'interrupted', null, null, '');
    if (row.ordering_key !== null) refreshKey(ctx, row.ordering_key);
    refreshMessageState(ctx, row.message_seq, at);
  }
  return rows.length;
}

/** Claimable when `promoteDue` comes by: the order within a key is looked at there. */
export function hasten(ctx: WriteContext, endpoint: string, at: number, limit: number): number {
  const rows = ctx.sql.all(
    'SELECT seq, message_seq FROM work WHERE waits_for = ? AND not_before IS NOT NULL AND not_before > ? AND state = 0 ' +
      'ORDER BY seq LIMIT ? + 0',
    endpoint,
    at,
    limit,
  ) as { seq: number; message_seq: number }[];
  for (const row of rows) {
    ctx.sql.run('UPDATE work SET not_before = ? WHERE seq = ?', at, row.seq);
    refreshMessageState(ctx, row.message_seq, at);
  }
  return rows.length;
}

export function unpark(ctx: WriteContext, childKey: string, at: number, data: string | null): boolean {
  const row = ctx.sql.get(`${ROW}WHERE child_key = ?`, childKey) as Row | undefined;
  if (!row || row.state !== W.parked || row.held === 1) return false;
  if (data !== null) ctx.sql.run('UPDATE work SET child_data = ? WHERE seq = ?', data, row.seq);
  endParking(ctx, row, at);
  return true;
}

export function wakeParked(
  ctx: WriteContext,
  workId: string,
  at: number,
  audit: AuditEntry,
): 'woken' | 'not-parked' | 'unknown' {
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, workId) as Row | undefined;
  if (!row) return 'unknown';
  if (row.state !== W.parked || row.held === 1) return 'not-parked';
  endParking(ctx, row, at);
  ctx.audit(audit);
  return 'woken';
}

/**
 * A person has mended something and wants it tried again: attempts count from the start, and the definition's version is
 * pinned anew, so that a corrected rule table is the one that runs.
 */
export function redrive(
  ctx: WriteContext,
  workId: string,
  at: number,
  audit: AuditEntry,
): 'redriven' | 'not-dead' | 'unknown' {
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, workId) as Row | undefined;
  if (!row) return 'unknown';
  if (row.state !== W.dead) return 'not-dead';
  ctx.sql.run(
    'UPDATE work SET state = 0, ready = ?, blocks = ?, counted = 0, failure = NULL, settled_at = NULL, pinned = NULL, ' +
      'first_delivered_at = NULL WHERE seq = ?',
    row.ordering_key === null ? 1 : 0,
    row.ordering_key === null ? 0 : 1,
    row.seq,
  );
  if (row.ordering_key !== null) refreshKey(ctx, row.ordering_key);
  ctx.count('work', row.subscription, W.dead, -1);
  ctx.count('work', row.subscription, W.waiting, 1);
  refreshMessageState(ctx, row.message_seq, at, true);
  ctx.audit(audit);
  return 'redriven';
}

export function discard(
  ctx: WriteContext,
  workId: string,
  at: number,
  reason: string,
  audit: AuditEntry,
): 'discarded' | 'not-open' | 'unknown' {
  const row = ctx.sql.get(`${ROW}WHERE id = ?`, workId) as Row | undefined;
  if (!row) return 'unknown';
  if (row.held === 1 || (row.state !== W.dead && row.state !== W.waiting && row.state !== W.parked)) return 'not-open';
  ctx.sql.run(
    'UPDATE work SET state = 5, ready = 0, blocks = 0, open = 0, not_before = NULL, settled_at = ?, discard_reason = ? WHERE seq = ?',
    at,
    reason,
    row.seq,
  );
  if (row.ordering_key !== null) refreshKey(ctx, row.ordering_key);
  ctx.count('work', row.subscription, row.state, -1);
  ctx.count('work', row.subscription, W.discarded, 1);
  refreshMessageState(ctx, row.message_seq, at);
  ctx.audit(audit);
  return 'discarded';
}
