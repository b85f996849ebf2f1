import type {
  AuditEntry,
  EndpointDown,
  FallbackState,
  NewReview,
  Review,
  ReviewVerdict,
} from '../../contract/index.ts';
import type { WorkDoc } from '../documents.ts';
import { millis } from '../values.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';
import type { Needs } from './needs.ts';
import { needsChildren, type Operation } from './operation.ts';
import { changeKey } from './ordering.ts';
import { changeTask, createTask } from './tasks.ts';

export function setFallback(next: FallbackState, audit: AuditEntry): Operation<'set' | 'stale'> {
  const { definition, version } = next;
  return {
    name: 'fallbacks.set',
    needs(needs) {
      needs.fallbacks.add(definition);
      needs.audit = true;
    },
    apply(ctx) {
      const kept = ctx.table('fallbacks').get(definition);
      if ((kept?.version ?? 0) !== version - 1) return 'stale';
      const members = { version, record: JSON.stringify(next) };
      if (kept) ctx.table('fallbacks').set(definition, members);
      else ctx.table('fallbacks').insert({ _id: definition, ...members });
      ctx.audit(audit);
      return 'set';
    },
  };
}

export function noteDown(endpoint: string, down: Omit<EndpointDown, 'endpoint'> | null): Operation<void> {
  return {
    name: 'fallbacks.noteDown',
    needs: (needs) => void needs.endpointDowns.add(endpoint),
    apply(ctx) {
      const table = ctx.table('endpointDowns');
      const known = table.get(endpoint);
      if (!down) {
        if (known) table.remove(endpoint);
        return;
      }
      const members = { since: millis(down.since), seenAt: millis(down.seenAt) };
      if (known) table.set(endpoint, members);
      else table.insert({ _id: endpoint, ...members });
    },
  };
}

export function needsReview(needs: Needs, { task }: NewReview): void {
  if (task) createTask(task.task, task.event, task.audit).needs(needs);
}

/** Behind the change of the item's state, in the commit of its settling. Takes two sequence numbers. */
export function keepReview(ctx: WriteContext, { review, task }: NewReview): void {
  const made = task && createTask(task.task, task.event, task.audit).apply(ctx);
  const kept: Review = { ...review, taskId: made?.task.id ?? review.taskId };
  ctx.table('reviews').insert({
    _id: kept.id,
    seq: ctx.sequence(),
    workId: kept.workId,
    messageId: kept.messageId,
    definition: kept.definition,
    open: true,
    ...(kept.taskId === null ? {} : { taskId: kept.taskId }),
    record: JSON.stringify(kept),
  });
}

export function decideReview(
  workId: string,
  verdict: ReviewVerdict,
): Operation<'decided' | 'decided-before' | 'task-stale' | 'unknown'> {
  const { task, decision, by, at, reason, audit } = verdict;
  const changes = (task?.changes ?? []).map((change) => changeTask(task?.id ?? '', change));
  let ids: readonly string[] = [];
  return {
    name: 'fallbacks.decide',
    sequences: changes.length,
    needs(needs) {
      needs.workIds.add(workId);
      for (const change of changes) change.needs(needs);
      for (const { child } of task?.changes ?? []) if (child) needsChildren(needs, [child]);
      needs.audit = true;
    },
    async prepare(ctx) {
      ids = (await ctx.table('reviews').find({ workId }, { sort: { seq: 1 } })).map(({ _id }) => _id);
    },
    apply(ctx) {
      const reviews = ids.flatMap((id) => ctx.table('reviews').get(id) ?? []);
      const open = reviews.find((one) => one.open);
      if (!open) return reviews.length > 0 ? 'decided-before' : 'unknown';
      // The first is refused where the task is another by now, and none after it can be.
      for (const change of changes) if (change.apply(ctx).kind !== 'changed') return 'task-stale';
      const review: Review = { ...(JSON.parse(open.record) as Review), decided: { decision, by, at, reason } };
      ctx.table('reviews').set(open._id, { open: undefined, record: JSON.stringify(review) });
      const work = ctx.table('work').get(workId);
      if (work?.state === 'parked') move(ctx, work, verdict);
      ctx.audit(audit);
      return 'decided';
    },
  };
}

function move(ctx: WriteContext, work: WorkDoc, { decision, at, reason }: ReviewVerdict): void {
  const process = decision === 'process';
  const again: Partial<WorkDoc> = {
    state: 'waiting',
    counted: 0,
    failure: undefined,
    pinned: undefined,
    firstDeliveredAt: undefined,
    ...(work.orderingKey === undefined ? { ready: true } : { blocks: true }),
  };
  const away: Partial<WorkDoc> = {
    state: 'discarded',
    open: undefined,
    settledAt: millis(at),
    discardReason: reason,
  };
  ctx.table('work').set(work._id, { held: undefined, ...(process ? again : away) });
  changeKey(ctx, work, process ? 1 : 0);
  ctx.count('work', work.subscription, 'parked', -1);
  ctx.count('work', work.subscription, process ? 'waiting' : 'discarded', 1);
  refreshMessageState(ctx, work.messageSeq, millis(at));
}
