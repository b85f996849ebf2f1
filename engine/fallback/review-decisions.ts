/** What people decide about held messages: from the list of them, and from the task that asks. One commit each. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type {
  AuditEntry,
  Fallback,
  Review,
  ReviewDecision,
  Store,
  TaskReason,
  TaskStep,
  WorkflowTask,
} from '../store/contract/index.ts';
import { hasEnded } from '../tasks/task-states.ts';
import type { TaskActor } from '../tasks/task-service.ts';
import { fallbackErrors } from './errors.ts';
import type { HeldForReview, ReviewOutcome } from './fallback.ts';
import { endOfTask } from './review-task.ts';

export interface ReviewDecisionsOptions {
  readonly store: Pick<Store, 'fallbacks' | 'tasks' | 'work'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly inForce: (definition: string) => Fallback | undefined;
  readonly onWork: () => void;
}

export interface DecisionBy extends TaskActor {
  readonly reason: string;
  /** It is known that newer messages of the same key were done since. */
  readonly newerKnown: boolean;
}

/** Times that a decision is tried beside changes of the task by others. */
const MOST_TRIES = 10;
const CHOICES: Readonly<Record<string, { readonly decision: ReviewDecision; readonly newerKnown: boolean }>> = {
  process: { decision: 'process', newerKnown: false },
  'process-anyway': { decision: 'process', newerKnown: true },
  'put-aside': { decision: 'put-aside', newerKnown: false },
};
/** Steps of a task that would end it: nobody would be asked any more. */
const ENDING: readonly TaskStep[] = ['complete', 'cancel', 'correct'];

export class ReviewDecisions {
  readonly #options: ReviewDecisionsOptions;

  constructor(options: ReviewDecisionsOptions) {
    this.#options = options;
  }

  async held(
    query: Parameters<Store['fallbacks']['held']>[0],
  ): Promise<{ readonly items: readonly HeldForReview[]; readonly next: string | null }> {
    const { store } = this.#options;
    const { reviews, next } = await store.fallbacks.held(query);
    const items = await Promise.all(
      reviews.map(
        async ({
          workId,
          messageId,
          definition,
          heldAt,
          because,
          sentence,
          taskId,
          recommended,
        }): Promise<HeldForReview> => {
          const doneSince = await store.work.doneAfter(workId);
          return { workId, messageId, definition, heldAt, because, sentence, taskId, recommended, doneSince };
        },
      ),
    );
    return { items, next };
  }

  async decide(workId: string, decision: ReviewDecision, by: DecisionBy): Promise<ReviewOutcome> {
    const { store, live, clock } = this.#options;
    for (let tries = 1; ; tries++) {
      const reviews = await store.fallbacks.reviewsOf(workId);
      const review = reviews.find(({ decided }) => decided === null);
      if (!review) return reviews.length > 0 ? 'decided-before' : 'unknown';
      if (decision === 'process') {
        if (this.#stillRecommends(review)) return 'still-recommending';
        if (!by.newerKnown && (await store.work.doneAfter(workId)) > 0) return 'newer-done';
      }
      const at = clock.now();
      const task = review.taskId === null ? undefined : await store.tasks.get(review.taskId);
      const changes = task ? endOfTask(task, decision, by, at) : [];
      const outcome = await store.fallbacks.decide(workId, {
        at,
        decision,
        by: by.actor,
        reason: by.reason,
        task: task && changes.length > 0 ? { id: task.id, changes } : null,
        audit: recordOf(review, decision, by, at),
      });
      if (outcome === 'task-stale' && tries < MOST_TRIES) continue;
      if (outcome !== 'decided') return outcome === 'unknown' ? 'unknown' : 'decided-before';
      live.publish({ kind: 'fallback', name: review.definition });
      live.publish({ kind: 'message', id: review.messageId });
      if (task) live.publish({ kind: 'task', id: task.id });
      this.#options.onWork();
      return decision === 'process' ? 'processed' : 'put-aside';
    }
  }

  /**
   * A step taken at the task. `null`: it decides nothing, or all is decided.
   * @throws `review-choice-missing`, `review-newer-done`, `review-still-recommending`
   */
  async step(
    task: WorkflowTask,
    step: TaskStep,
    by: TaskActor,
    reason: TaskReason | undefined,
  ): Promise<WorkflowTask | null> {
    if (!ENDING.includes(step) || hasEnded(task.state)) return null;
    const { store } = this.#options;
    const review = await store.fallbacks.byTask(task.id);
    if (!review || review.decided !== null) return null;
    const choice = step === 'complete' ? CHOICES[reason?.code ?? ''] : undefined;
    if (!choice) throw fallbackErrors.create('review-choice-missing', { step });
    const { decision, newerKnown } = choice;
    const said = reason?.text?.trim() || 'decided at the task';
    const outcome = await this.decide(review.workId, decision, { ...by, reason: said, newerKnown });
    if (outcome === 'newer-done')
      throw fallbackErrors.create('review-newer-done', { count: await store.work.doneAfter(review.workId) });
    if (outcome === 'still-recommending')
      throw fallbackErrors.create('review-still-recommending', { definition: review.definition });
    return (await store.tasks.get(task.id)) ?? null;
  }

  #stillRecommends({ because, definition, heldAt }: Review): boolean {
    const now = this.#options.inForce(definition);
    return because === 'recommend-only' && now?.mode === 'recommend-only' && now.since <= heldAt;
  }
}

function recordOf(
  { messageId, workId, definition, because }: Review,
  decision: ReviewDecision,
  { actor, newerKnown }: DecisionBy,
  at: number,
): AuditEntry {
  const type = 'review.decided';
  // Why, in somebody's words, may be about a patient: the review and its task keep that.
  return { at, type, actor, messageId, workId, definition, details: { decision, because, newerKnown } };
}
