/** The task that asks what becomes of a held message, and the steps that end it with the decision. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Millis } from '../base/clock.ts';
import type {
  ClaimedWork,
  NewReview,
  Review,
  ReviewDecision,
  StoredMessage,
  TaskChange,
  TaskStep,
  WorkflowTask,
} from '../store/contract/index.ts';
import { afterTaskStep } from '../tasks/task-states.ts';
import { REVIEW_TASK, type TaskActor } from '../tasks/task-service.ts';
import type { DeclaredFallback } from './declared-fallback.ts';
import { reviewDueAfter, reviewPriority } from './review-times.ts';

/** Nobody is named by the intent any more. */
const NO_QUEUE = 'operations';
export const REVIEW_CODE = 'review-message';
const LONGEST_TITLE = 500;
/** Of one message; more stand in the trace. */
const MOST_PARTS = 50;

export function reviewTask(
  work: ClaimedWork,
  review: Review,
  declared: DeclaredFallback | undefined,
  message: StoredMessage | undefined,
  id: string,
): NonNullable<NewReview['task']> {
  const at = review.heldAt;
  const priority = reviewPriority(work.lane);
  const title = `Decide about a message of “${declared?.title ?? work.definition}”: ${review.sentence}`;
  const task: WorkflowTask = {
    id,
    version: 1,
    key: hash('sha256', canonicalJson({ review: review.id })),
    messageId: work.messageId,
    workId: work.id,
    definition: work.definition,
    definitionVersion: work.pinnedVersion ?? declared?.version ?? '',
    name: REVIEW_TASK,
    code: REVIEW_CODE,
    title: title.replaceAll(/\s+/g, ' ').slice(0, LONGEST_TITLE),
    priority,
    state: 'requested',
    heldFrom: null,
    assigned: { role: declared?.queue ?? NO_QUEUE, unit: null, person: null },
    serviceLine: declared?.serviceLine ?? null,
    createdAt: at,
    stateSince: at,
    dueAt: at + reviewDueAfter(priority),
    acknowledgedAt: null,
    endedAt: null,
    reason: null,
    attempt: 1,
    parts: review.recommended.slice(0, MOST_PARTS).map((text, index) => ({
      id: `recommended-${index + 1}`,
      text,
      role: null,
      dueAt: null,
      after: [],
      state: 'open',
      by: null,
      at: null,
      reason: null,
      compensate: null,
    })),
    decisions: [],
    escalationId: null,
    partOf: null,
    patientHint: message?.patientHint ?? null,
    ehr: null,
    carry: null,
    correlationId: work.correlationId,
    traceparent: work.traceparent,
  };
  const { definition, messageId, id: workId } = work;
  return {
    task,
    event: { kind: 'created', at, actor: 'system', via: 'system', reason: null },
    audit: {
      at,
      type: 'task.opened',
      actor: 'system',
      messageId,
      workId,
      definition,
      details: { task: id, title: task.title },
    },
  };
}

/** The steps from where it is to `completed`, each with what it leaves behind; none where it has ended. */
export function endOfTask(
  first: WorkflowTask,
  decision: ReviewDecision,
  by: TaskActor & { readonly reason: string },
  at: Millis,
): readonly TaskChange[] {
  const changes: TaskChange[] = [];
  const { actor, via } = by;
  const reason = { code: decision, text: by.reason };
  let task = first;
  for (const step of stepsToEnd(first)) {
    const from = task.state;
    const to = afterTaskStep(from, step, task.heldFrom);
    if (to === null) return [];
    const last = to === 'completed';
    const next: WorkflowTask = {
      ...task,
      version: task.version + 1,
      state: to,
      heldFrom: null,
      stateSince: at,
      acknowledgedAt: task.acknowledgedAt ?? at,
      ...(last && { endedAt: at, reason, parts: task.parts.map((part) => ended(part, decision, actor, at)) }),
    };
    changes.push({
      seen: task.version,
      next,
      event: { kind: 'step', step, from, to, at, actor, via, reason: last ? reason : null },
      child: null,
      audit: {
        at,
        type: 'task.changed',
        actor,
        messageId: task.messageId,
        workId: task.workId,
        definition: task.definition,
        details: { task: task.id, title: task.title, before: from, after: to },
        ...(last && { reason: decision }),
      },
    });
    task = next;
  }
  return changes;
}

type Part = WorkflowTask['parts'][number];

/** What was recommended and not ticked off: done by hand, or left to the processing. */
const ended = (part: Part, decision: ReviewDecision, by: string, at: Millis): Part =>
  part.state !== 'open'
    ? part
    : decision === 'put-aside'
      ? { ...part, state: 'done', by, at }
      : { ...part, state: 'skipped', by, at, reason: 'The message is processed.' };

function stepsToEnd({ state, heldFrom }: WorkflowTask): readonly TaskStep[] {
  switch (state) {
    case 'draft':
      return ['request', 'start', 'complete'];
    case 'received':
      return ['accept', 'start', 'complete'];
    case 'requested':
    case 'accepted':
    case 'ready':
      return ['start', 'complete'];
    case 'in-progress':
      return ['complete'];
    case 'on-hold':
      return afterTaskStep(state, 'resume', heldFrom) === 'in-progress'
        ? ['resume', 'complete']
        : ['resume', 'start', 'complete'];
    case 'rejected':
      return ['reassign', 'start', 'complete'];
    case 'failed':
      return ['retry', 'start', 'complete'];
    case 'completed':
    case 'cancelled':
    case 'entered-in-error':
      return [];
    default:
      return state satisfies never;
  }
}
