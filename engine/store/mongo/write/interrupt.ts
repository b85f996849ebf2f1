import type { WorkDoc } from '../documents.ts';
import { millis } from '../values.ts';
import { refreshMessageState } from './message-state.ts';
import type { Operation } from './operation.ts';
import { back, keepAttempt } from './settle.ts';

export function release(owner: string, at: number): Operation<number> {
  return interrupting('work.release', { owner }, at, false, (work) => work.owner === owner);
}

/** An expired lease counts as an attempt: an item that hangs the flow each time must end as a dead letter. */
export function expireLeases(now: number): Operation<number> {
  const filter = { leaseUntil: { $lte: now } };
  return interrupting('work.expireLeases', filter, now, true, (work) => (work.leaseUntil ?? Infinity) <= now);
}

function interrupting(
  name: string,
  filter: Record<string, unknown>,
  at: number,
  counts: boolean,
  matches: (work: WorkDoc) => boolean,
): Operation<number> {
  let found: { filter: Record<string, unknown> } | undefined;
  return {
    name,
    needs(needs) {
      found = { filter: { leaseUntil: { $exists: true }, ...filter } };
      needs.workFilters.push(found.filter);
    },
    apply(ctx) {
      let n = 0;
      for (const { _id: id } of ctx.foundBy(found?.filter ?? {})) {
        const work = ctx.table('work').get(id);
        // An operation before this one in the batch may have settled it.
        if (work?.state !== 'claimed' || !matches(work)) continue;
        back(ctx, work, undefined, counts, undefined);
        keepAttempt(ctx, work, null, 'interrupted', undefined, null, []);
        refreshMessageState(ctx, work.messageSeq, millis(at));
        n++;
      }
      return n;
    },
  };
}
