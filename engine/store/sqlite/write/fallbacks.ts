import type {
  AuditEntry,
  EndpointDown,
  FallbackState,
  NewReview,
  Review,
  ReviewVerdict,
} from '../../contract/index.ts';
import { json } from '../sql.ts';
import { W } from '../states.ts';
import type { WriteContext } from './context.ts';
import { refreshMessageState } from './message-state.ts';
import { refreshKey } from './ordering.ts';
import { changeTask, createTask } from './tasks.ts';

export function setFallback(ctx: WriteContext, next: FallbackState, audit: AuditEntry): 'set' | 'stale' {
  const kept = ctx.sql.get('SELECT version FROM fallback WHERE definition = ?', next.definition) as
    { version: number } | undefined;
  if ((kept?.version ?? 0) !== next.version - 1) return 'stale';
  ctx.sql.run(
    'INSERT INTO fallback (definition, version, record) VALUES (?, ?, ?) ' +
      'ON CONFLICT (definition) DO UPDATE SET version = excluded.version, record = excluded.record',
    next.definition,
    next.version,
    json(next) ?? '',
  );
  ctx.audit(audit);
  return 'set';
}

export function noteDown(ctx: WriteContext, endpoint: string, down: Omit<EndpointDown, 'endpoint'> | null): void {
  if (!down) ctx.sql.run('DELETE FROM endpoint_down WHERE endpoint = ?', endpoint);
  else
    ctx.sql.run(
      'INSERT INTO endpoint_down (endpoint, since, seen_at) VALUES (?, ?, ?) ' +
        'ON CONFLICT (endpoint) DO UPDATE SET since = excluded.since, seen_at = excluded.seen_at',
      endpoint,
      down.since,
      down.seenAt,
    );
}

/** Behind the change of the item's state, in the commit of its settling. */
export function keepReview(ctx: WriteContext, { review, task }: NewReview): void {
  const made = task && createTask(ctx, task.task, task.event, task.audit);
  const kept: Review = { ...review, taskId: made?.task.id ?? review.taskId };
  ctx.sql.run(
    'INSERT INTO review (id, work_id, message_id, definition, task_id, open, record) VALUES (?, ?, ?, ?, ?, 1, ?)',
    kept.id,
    kept.workId,
    kept.messageId,
    kept.definition,
    kept.taskId,
    json(kept) ?? '',
  );
}

interface Held {
  seq: number;
  message_seq: number;
  subscription: string;
  ordering_key: string | null;
  state: number;
}

export function decideReview(
  ctx: WriteContext,
  workId: string,
  verdict: ReviewVerdict,
): 'decided' | 'decided-before' | 'task-stale' | 'unknown' {
  const open = ctx.sql.get('SELECT seq, record FROM review WHERE work_id = ? AND open = 1', workId) as
    { seq: number; record: string } | undefined;
  if (!open)
    return ctx.sql.get('SELECT 1 FROM review WHERE work_id = ? LIMIT 1', workId) ? 'decided-before' : 'unknown';
  const { task, decision, by, at, reason, audit } = verdict;
  // The first is refused where the task is another by now, and none after it can be.
  for (const change of task?.changes ?? [])
    if (changeTask(ctx, task?.id ?? '', change).kind !== 'changed') return 'task-stale';
  const review: Review = { ...(JSON.parse(open.record) as Review), decided: { decision, by, at, reason } };
  ctx.sql.run('UPDATE review SET open = 0, record = ? WHERE seq = ?', json(review) ?? '', open.seq);
  const work = ctx.sql.get(
    'SELECT seq, message_seq, subscription, ordering_key, state FROM work WHERE id = ?',
    workId,
  ) as Held | undefined;
  if (work?.state === W.parked) move(ctx, work, verdict);
  ctx.audit(audit);
  return 'decided';
}

function move(ctx: WriteContext, work: Held, { decision, at, reason }: ReviewVerdict): void {
  const { seq, ordering_key: key } = work;
  const process = decision === 'process';
  if (process)
    ctx.sql.run(
      'UPDATE work SET state = 0, held = 0, ready = ?, blocks = ?, counted = 0, failure = NULL, pinned = NULL, ' +
        'first_delivered_at = NULL WHERE seq = ?',
      key === null ? 1 : 0,
      key === null ? 0 : 1,
      seq,
    );
  else
    ctx.sql.run(
      'UPDATE work SET state = 5, held = 0, ready = 0, blocks = 0, open = 0, settled_at = ?, discard_reason = ? WHERE seq = ?',
      at,
      reason,
      seq,
    );
  if (key !== null) refreshKey(ctx, key);
  ctx.count('work', work.subscription, W.parked, -1);
  ctx.count('work', work.subscription, process ? W.waiting : W.discarded, 1);
  refreshMessageState(ctx, work.message_seq, at);
}
