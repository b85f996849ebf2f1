import type { Failure } from '../../contract/index.ts';
import { fromJson } from '../sql.ts';
import { M, W } from '../states.ts';
import type { WriteContext } from './context.ts';

interface Item {
  state: number;
  attempt: number;
  not_before: number | null;
  failure: string | null;
}

/** Most pressing first (ARCHITECTURE, States). */
const PRESSING = [M.dead, M.processing, M.waiting, M.parked, M.accepted, M.discarded, M.done];

function seenAs(item: Item): number {
  switch (item.state) {
    case W.claimed:
      return M.processing;
    case W.parked:
      return M.parked;
    case W.done:
      return M.done;
    case W.dead:
      return M.dead;
    case W.discarded:
      return M.discarded;
    default:
      return item.attempt > 0 ? M.waiting : M.accepted;
  }
}

/** What could not be read stays in quarantine, or put away from there with its reason, whoever was told of it. */
function isUnread({ state, reason_code: code }: { state: number; reason_code: string | null }): boolean {
  return state === M.quarantined || (state === M.discarded && code !== null);
}

const ITEMS = 'SELECT state, attempt, not_before, failure FROM work WHERE message_seq = ?';

const ALONE = 'NOT EXISTS (SELECT 1 FROM work WHERE message_seq = ?1 AND seq <> ?2)';
const TAKEN = `UPDATE message_state SET state = ${M.processing}, since = ?3 WHERE seq = ?1 AND state = ${M.accepted} AND ${ALONE} RETURNING feed`;
const ENDED = `UPDATE message_state SET state = ${M.done}, since = ?3 WHERE seq = ?1 AND state = ${M.processing} AND ${ALONE} RETURNING feed`;

/**
 * As `refreshMessageState`, for what nearly always happens: the message's only item, and nothing went wrong with it, was
 * claimed for the first time, or ended well. One statement instead of three.
 */
export function followOnlyItem(
  ctx: WriteContext,
  messageSeq: number,
  workSeq: number,
  to: 'taken' | 'ended',
  at: number,
): void {
  const moved = ctx.sql.get(to === 'taken' ? TAKEN : ENDED, messageSeq, workSeq, at) as { feed: string } | undefined;
  if (!moved) return refreshMessageState(ctx, messageSeq, at);
  ctx.count('message', moved.feed, to === 'taken' ? M.accepted : M.processing, -1);
  ctx.count('message', moved.feed, to === 'taken' ? M.processing : M.done, 1);
}

/** Brings the message's denormalised state up to date after one of its work items changed. */
export function refreshMessageState(ctx: WriteContext, messageSeq: number, at: number, troubled = false): void {
  const items = ctx.sql.all(ITEMS, messageSeq) as Item[];
  const before = ctx.sql.get(
    'SELECT state, feed, reason_code, retry_at FROM message_state WHERE seq = ?',
    messageSeq,
  ) as { state: number; feed: string; reason_code: string | null; retry_at: number | null } | undefined;
  if (!before || items.length === 0 || isUnread(before)) return;
  const seen = items.map(seenAs);
  const state = PRESSING.find((candidate) => seen.includes(candidate)) ?? M.accepted;
  const speaking = items.filter((_, index) => seen[index] === state);
  let retryAt: number | null = null;
  let reason: Pick<Failure, 'code' | 'text'> | null = null;
  if (state === M.waiting || state === M.dead) {
    for (const item of speaking) {
      reason ??= fromJson(item.failure) as Failure | null;
      if (item.not_before !== null) retryAt = Math.min(retryAt ?? Infinity, item.not_before);
    }
  }
  if (
    state === before.state &&
    !troubled &&
    (reason?.code ?? null) === before.reason_code &&
    retryAt === before.retry_at
  ) {
    return;
  }
  if (state !== before.state) {
    ctx.count('message', before.feed, before.state, -1);
    ctx.count('message', before.feed, state, 1);
  }
  ctx.sql.run(
    'UPDATE message_state SET since = CASE WHEN state = ?1 THEN since ELSE ?2 END, state = ?1, retry_at = ?3, ' +
      'reason_code = ?4, reason_text = ?5, recovered = recovered | ?6 WHERE seq = ?7',
    state,
    at,
    retryAt,
    reason?.code ?? null,
    reason?.text ?? null,
    troubled ? 1 : 0,
    messageSeq,
  );
}
