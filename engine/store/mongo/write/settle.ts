import type { Failure, Settlement, SettleRequest, TraceStep } from '../../contract/index.ts';
import type { AttemptDoc, WorkDoc } from '../documents.ts';
import { millis } from '../values.ts';
import { insertChild } from './accept.ts';
import type { WriteContext } from './context.ts';
import { keepReview, needsReview } from './fallbacks.ts';
import { refreshMessageState } from './message-state.ts';
import { needsAudit, needsChildren, type Operation } from './operation.ts';
import { changeKey } from './ordering.ts';

/** What a claim adds and its end takes away. */
const UNCLAIMED = { leaseUntil: undefined, owner: undefined, claimedAt: undefined } as const;

export function settle(request: SettleRequest): Operation<'settled' | 'lost-lease'> {
  const { workId, fence, settlement, trace, version, children = [], audit = [] } = request;
  return {
    name: 'work.settle',
    sequences: children.length + (settlement.kind === 'held' ? 2 : 0),
    needs(needs) {
      needs.workIds.add(workId);
      needsChildren(needs, children);
      needsAudit(needs, audit);
      if (settlement.kind === 'held') needsReview(needs, settlement.held);
    },
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (work?.state !== 'claimed' || work.fence !== fence) return 'lost-lease';
      const at = millis(request.at);
      const failure = failureIn(settlement);
      switch (settlement.kind) {
        case 'done':
          leave(ctx, work, 'done', at, undefined);
          ctx.tally('settled', at);
          break;
        case 'dead':
          leave(ctx, work, 'dead', at, failure);
          ctx.tally('died', at);
          break;
        case 'retry':
          back(ctx, work, millis(settlement.at), settlement.counts, failure, settlement.anew);
          ctx.tally('retried', at);
          break;
        case 'held':
          park(ctx, work);
          break;
        default:
          settlement satisfies never;
      }
      keepAttempt(ctx, work, at, settlement.kind, failure, version, trace);
      for (const child of children) insertChild(ctx, child);
      for (const entry of audit) ctx.audit(entry);
      if (settlement.kind === 'held') keepReview(ctx, settlement.held);
      const troubled = settlement.kind !== 'held' && (settlement.kind !== 'done' || work.attempt > 1);
      refreshMessageState(ctx, work.messageSeq, at, troubled);
      return 'settled';
    },
  };
}

const failureIn = (settlement: Settlement): Failure | undefined =>
  'failure' in settlement ? settlement.failure : undefined;

/** claimed -> parked: its key goes on without it. */
function park(ctx: WriteContext, work: WorkDoc): void {
  ctx.table('work').set(work._id, {
    state: 'parked',
    held: true,
    ready: undefined,
    blocks: undefined,
    notBefore: undefined,
    failure: undefined,
    ...UNCLAIMED,
  });
  ctx.count('work', work.subscription, 'claimed', -1);
  ctx.count('work', work.subscription, 'parked', 1);
  changeKey(ctx, work, -1);
}

function leave(
  ctx: WriteContext,
  work: WorkDoc,
  state: 'done' | 'dead',
  at: number,
  failure: Failure | undefined,
): void {
  const stays = state === 'dead' && work.holds && work.orderingKey !== undefined;
  ctx.table('work').set(work._id, {
    state,
    settledAt: at,
    failure,
    ...UNCLAIMED,
    ...(state === 'dead' ? {} : { open: undefined }),
    ...(stays ? {} : { blocks: undefined }),
  });
  ctx.count('work', work.subscription, 'claimed', -1);
  ctx.count('work', work.subscription, state, 1);
  changeKey(ctx, work, stays ? 0 : -1);
}

/** claimed -> waiting; without a time it is claimable at once. */
export function back(
  ctx: WriteContext,
  work: WorkDoc,
  notBefore: number | undefined,
  counts: boolean,
  failure: Failure | undefined,
  anew = false,
): void {
  ctx.table('work').set(work._id, {
    state: 'waiting',
    ready: notBefore === undefined && work.orderingKey === undefined ? true : undefined,
    notBefore,
    counted: work.counted + (counts ? 1 : 0),
    failure,
    waitsFor: failure?.waitsFor?.endpoint,
    ...(anew ? { firstDeliveredAt: undefined } : {}),
    ...UNCLAIMED,
  });
  ctx.count('work', work.subscription, 'claimed', -1);
  ctx.count('work', work.subscription, 'waiting', 1);
  changeKey(ctx, work, 0);
}

export function keepAttempt(
  ctx: WriteContext,
  work: WorkDoc,
  endedAt: number | null,
  outcome: AttemptDoc['outcome'],
  failure: Failure | undefined,
  version: string | null,
  steps: readonly TraceStep[],
): void {
  ctx.table('attempts').insert({
    _id: `${work._id}/${work.attempt}`,
    workId: work._id,
    messageSeq: work.messageSeq,
    attempt: work.attempt,
    startedAt: work.claimedAt ?? 0,
    endedAt,
    version,
    outcome,
    ...(failure ? { failure } : {}),
    ...(steps.length > 0 ? { steps: JSON.stringify(steps) } : {}),
  });
}

export function renew(workId: string, fence: number, leaseUntil: number): Operation<boolean> {
  return {
    name: 'work.renew',
    needs: (needs) => void needs.workIds.add(workId),
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (work?.state !== 'claimed' || work.fence !== fence) return false;
      ctx.table('work').set(workId, { leaseUntil: millis(leaseUntil) });
      return true;
    },
  };
}

export function pin(workId: string, fence: number, version: string): Operation<string> {
  return {
    name: 'work.pin',
    needs: (needs) => void needs.workIds.add(workId),
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (work?.pinned !== undefined) return work.pinned;
      // Whoever lost the lease may go on reading, but pins nothing: its settling fails anyway.
      if (work?.state === 'claimed' && work.fence === fence) ctx.table('work').set(workId, { pinned: version });
      return version;
    },
  };
}
