/** What people do with work and with quarantined frames: have them tried again, or put them away. */
import type { AuditEntry } from '../../contract/index.ts';
import { millis } from '../values.ts';
import { refreshMessageState } from './message-state.ts';
import type { Operation } from './operation.ts';
import { changeKey } from './ordering.ts';

/**
 * A person has mended something and wants it tried again: attempts count from the start, and the definition's version is
 * pinned anew, so that a corrected rule table is the one that runs.
 */
export function redrive(workId: string, at: number, audit: AuditEntry): Operation<'redriven' | 'not-dead' | 'unknown'> {
  return {
    name: 'work.redrive',
    needs(needs) {
      needs.workIds.add(workId);
      needs.audit = true;
    },
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (!work) return 'unknown';
      if (work.state !== 'dead') return 'not-dead';
      const keyed = work.orderingKey !== undefined;
      ctx.table('work').set(workId, {
        state: 'waiting',
        ...(keyed ? { blocks: true } : { ready: true }),
        counted: 0,
        failure: undefined,
        settledAt: undefined,
        pinned: undefined,
        firstDeliveredAt: undefined,
      });
      changeKey(ctx, work, work.blocks ? 0 : 1);
      ctx.count('work', work.subscription, 'dead', -1);
      ctx.count('work', work.subscription, 'waiting', 1);
      refreshMessageState(ctx, work.messageSeq, millis(at), true);
      ctx.audit(audit);
      return 'redriven';
    },
  };
}

export function discardQuarantined(
  id: string,
  at: number,
  audit: AuditEntry,
): Operation<'discarded' | 'not-quarantined' | 'unknown'> {
  return {
    name: 'journal.discardQuarantined',
    needs(needs) {
      needs.messageIds.add(id);
      needs.audit = true;
    },
    apply(ctx) {
      const message = ctx.messageById(id);
      if (!message) return 'unknown';
      if (message.state !== 'quarantined') return 'not-quarantined';
      ctx.table('messages').set(message._id, { state: 'discarded', since: millis(at) });
      ctx.count('message', message.feed, 'quarantined', -1);
      ctx.count('message', message.feed, 'discarded', 1);
      ctx.audit(audit);
      return 'discarded';
    },
  };
}

export function discard(
  workId: string,
  at: number,
  reason: string,
  audit: AuditEntry,
): Operation<'discarded' | 'not-open' | 'unknown'> {
  return {
    name: 'work.discard',
    needs(needs) {
      needs.workIds.add(workId);
      needs.audit = true;
    },
    apply(ctx) {
      const work = ctx.table('work').get(workId);
      if (!work) return 'unknown';
      const isOpen = work.state === 'dead' || work.state === 'waiting' || work.state === 'parked';
      if (!isOpen || work.held) return 'not-open';
      const gone = { ready: undefined, blocks: undefined, open: undefined, notBefore: undefined };
      ctx.table('work').set(workId, { state: 'discarded', settledAt: millis(at), discardReason: reason, ...gone });
      changeKey(ctx, work, work.blocks ? -1 : 0);
      ctx.count('work', work.subscription, work.state, -1);
      ctx.count('work', work.subscription, 'discarded', 1);
      refreshMessageState(ctx, work.messageSeq, millis(at));
      ctx.audit(audit);
      return 'discarded';
    },
  };
}
