/**
 * Order within a key: at most one item of a key is `ready` or claimed, and it is the first of those that block the key.
 * The head inherits the most urgent lane that waits behind it (`claim_lane`), so that the key beats the lane.
 */
import { IN_FLIGHT } from '../read/work.ts';
import { W } from '../states.ts';
import type { WriteContext } from './context.ts';

interface Head {
  seq: number;
  state: number;
  lane: number;
  claim_lane: number;
  ready: number;
  not_before: number | null;
}

/** How far a new head looks behind itself for a more urgent lane; beyond that arrival order is good enough. */
const LOOK_BEHIND = 256;

function headOf(ctx: WriteContext, key: string): Head | undefined {
  return ctx.sql.get(
    'SELECT seq, state, lane, claim_lane, ready, not_before FROM work WHERE ordering_key = ? AND blocks = 1 ORDER BY seq LIMIT 1',
    key,
  ) as Head | undefined;
}

/** For a new item: may it be claimed at once? Where not, the head learns of a more urgent lane behind it. */
export function joinKey(ctx: WriteContext, key: string, lane: number): boolean {
  const head = headOf(ctx, key);
  if (!head) return true;
  if (lane < head.claim_lane) ctx.sql.run('UPDATE work SET claim_lane = ? WHERE seq = ?', lane, head.seq);
  return false;
}

/** After the item that ran on `key` has left it (or given way): the first that blocks the key becomes claimable. */
export function promoteHead(ctx: WriteContext, key: string, left?: { lane: number; claim_lane: number }): void {
  const head = headOf(ctx, key);
  if (!head || head.state !== W.waiting || head.not_before !== null || head.ready === 1) return;
  let lane = Math.min(head.claim_lane, head.lane);
  if (left && left.claim_lane < left.lane && left.claim_lane < lane) {
    lane = left.claim_lane;
  } else if (left && head.lane > left.lane) {
    const behind = ctx.sql.get(
      'SELECT min(lane) AS lane FROM (SELECT lane FROM work WHERE ordering_key = ? AND blocks = 1 ORDER BY seq LIMIT ? + 0)',
      key,
      LOOK_BEHIND,
    ) as { lane: number | null } | undefined;
    lane = Math.min(lane, behind?.lane ?? lane);
  }
  ctx.sql.run('UPDATE work SET ready = 1, claim_lane = ? WHERE seq = ?', lane, head.seq);
}

/** For changes from outside the normal run (redrive, discard, a retry falling due): recomputes who is ready on the key. */
export function refreshKey(ctx: WriteContext, key: string): void {
  // Little is in flight, so this scan is short however deep the key's backlog is.
  const claimed = ctx.sql.get(`SELECT 1 FROM ${IN_FLIGHT} AND w.ordering_key = ? LIMIT 1`, key);
  const head = headOf(ctx, key);
  ctx.sql.run(
    'UPDATE work SET ready = 0 WHERE seq IN (SELECT seq FROM work WHERE ordering_key = ? AND blocks = 1 AND ready = 1 AND seq <> ?)',
    key,
    claimed || !head ? -1 : head.seq,
  );
  if (!claimed) promoteHead(ctx, key);
}
