/** Items that wait for a time, an endpoint or a person, and how they come to be claimable again. */
import type { AuditEntry } from '../../contract/index.ts';
import type { WorkDoc } from '../documents.ts';
import { json, millis } from '../values.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';
import type { Operation } from './operation.ts';
import { changeKey } from './ordering.ts';

export function unpark(childKey: string, at: number, data: unknown): Operation<boolean> {
  return {
    name: 'work.unpark',
    needs: (needs) => void needs.childKeys.add(childKey),
    apply(ctx) {
      const work = ctx.workByChildKey(childKey);
      if (work?.state !== 'parked' || work.held) return false;
      const text = json(data);
      if (text !== undefined) ctx.table('work').set(work._id, { childData: text });
      endParking(ctx, work, at);
      return true;
    },
  };
}

/** parked -> waiting. One with an ordering key joins it now, at its old place. */
function endParking(ctx: WriteContext, work: WorkDoc, at: number): void {
  ctx.table('work').set(work._id, {
    state: 'waiting',
    notBefore: undefined,
    ...(work.orderingKey === undefined ? { ready: true } : { blocks: true }),
  });
  changeKey(ctx, work, 1);
  ctx.count('work', work.subscription, 'parked', -1);
  ctx.count('work', work.subscription, 'waiting', 1);
  refreshMessageState(ctx, work.messageSeq, millis(at));
}

export function wakeParked(
  workId: string,
  at: number,
  audit: AuditEntry,
): Operation<'woken' | 'not-parked' | 'unknown'> {
  return {
    name: 'work.wakeParked',
    needs(needs) {
      needs.workIds.add(workId);
      needs.audit = true;
    },
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (!work) return 'unknown';
      if (work.state !== 'parked' || work.held) return 'not-parked';
      endParking(ctx, work, at);
      ctx.audit(audit);
      return 'woken';
    },
  };
}

/** Claimable when `promoteDue` comes by: the order within a key is looked at there. */
export function hasten(endpoint: string, at: number, limit: number): Operation<number> {
  const due = millis(at);
  const filter = { waitsFor: endpoint, notBefore: { $gt: due }, state: 'waiting' } as const;
  return {
    name: 'work.hasten',
    needs: (needs) => void needs.workFilters.push(filter),
    apply(ctx) {
      let n = 0;
      for (const { _id: id } of ctx.foundBy(filter)) {
        const work = ctx.table('work').get(id);
        if (n >= limit || work?.state !== 'waiting' || (work.notBefore ?? 0) <= due) continue;
        ctx.table('work').set(id, { notBefore: due });
        refreshMessageState(ctx, work.messageSeq, due);
        n++;
      }
      return n;
    },
  };
}

/** Retries and parked items whose time has come become claimable (those with a key only as its holder). */
export function promoteDue(now: number): Operation<number> {
  const filter = { notBefore: { $lte: now } };
  return {
    name: 'work.promoteDue',
    needs: (needs) => void needs.workFilters.push(filter),
    apply(ctx) {
      const found = ctx.foundBy(filter);
      for (const { _id: id } of found) {
        const work = ctx.table('work').get(id);
        if (!work || (work.notBefore ?? Infinity) > now) continue;
        if (work.state === 'parked') endParking(ctx, work, now);
        if (work.state !== 'waiting') continue;
        const keyed = work.orderingKey !== undefined;
        ctx.table('work').set(id, { notBefore: undefined, ...(keyed ? {} : { ready: true }) });
        changeKey(ctx, work, 0);
      }
      return found.length;
    },
  };
}
