/**
 * Fallbacks of definitions, and what was held for a person (decision 0018). A held item is parked in its place: it takes up no
 * place in its key's row, and only the decision about it moves it again.
 *
 *   normal -enter-> in force -leave-> normal          (each makes the next version of the definition's state)
 *   claimed -settle held-> parked -decide process-> waiting | -put-aside-> discarded
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';
import type { TaskChange, TaskEvent, WorkflowTask } from './tasks.ts';

export const FALLBACK_MODES = ['manual-review', 'alert-and-task', 'recommend-only', 'stop'] as const;
export type FallbackMode = (typeof FALLBACK_MODES)[number];

/** In force for a definition; none: it runs normally. */
export interface Fallback {
  readonly definition: string;
  /** From 1; each entering and leaving makes the next. */
  readonly version: number;
  readonly mode: FallbackMode;
  readonly trigger: 'operator' | 'endpoint-down';
  /** Endpoint, for `endpoint-down`. */
  readonly about: string | null;
  readonly since: Millis;
  /** `user:ana` or `system`. */
  readonly by: string;
  readonly reason: string | null;
}

/** Of each definition that ever had one in force. */
export interface FallbackState {
  readonly definition: string;
  readonly version: number;
  readonly inForce: Omit<Fallback, 'definition' | 'version'> | null;
  /** When it became so. */
  readonly at: Millis;
}

export const DOUBTS = ['rule-error', 'incomplete-data', 'low-confidence'] as const;
export type DoubtKind = (typeof DOUBTS)[number];

export const REVIEW_DECISIONS = ['process', 'put-aside'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

/** One holding of one item; an item may be held again, for another doubt. */
export interface Review {
  /** `<work>/<fence of the claim that ended in it>` */
  readonly id: string;
  readonly workId: string;
  readonly messageId: string;
  readonly definition: string;
  readonly heldAt: Millis;
  readonly because: FallbackMode | DoubtKind;
  /** PHI-free. */
  readonly sentence: string;
  /** Hash of what was doubted: the same doubt is not asked about twice; `null`: none, the definition was in fallback. */
  readonly doubt: string | null;
  readonly taskId: string | null;
  /** What was not carried out outside, by target. */
  readonly recommended: readonly string[];
  /** `null`: somebody still has to. */
  readonly decided: {
    readonly decision: ReviewDecision;
    readonly by: string;
    readonly at: Millis;
    readonly reason: string;
  } | null;
}

/** What a claim ends in instead of an outcome. */
export interface NewReview {
  readonly review: Review;
  /** Made in the same commit; one with its key that is there already is left as it is. */
  readonly task: { readonly task: WorkflowTask; readonly event: TaskEvent; readonly audit: AuditEntry } | null;
}

export interface ReviewVerdict {
  readonly at: Millis;
  readonly decision: ReviewDecision;
  readonly by: string;
  readonly reason: string;
  /** Steps that end its task, in order. */
  readonly task: { readonly id: string; readonly changes: readonly TaskChange[] } | null;
  readonly audit: AuditEntry;
}

/** An endpoint that is down. */
export interface EndpointDown {
  readonly endpoint: string;
  readonly since: Millis;
  /** When it was last seen to be so. */
  readonly seenAt: Millis;
}

export interface Fallbacks {
  states(): Promise<readonly FallbackState[]>;
  /** State and audit record in one commit. `stale`: the version before it is not the one that is kept. */
  set(next: FallbackState, audit: AuditEntry): Promise<'set' | 'stale'>;
  /**
   * Review, item, task and audit record in one commit. To be processed is to be delivered anew: attempts count from the start and
   * the version is pinned again, as by a redrive. `task-stale`: somebody has changed the task; nothing was done.
   */
  decide(workId: string, verdict: ReviewVerdict): Promise<'decided' | 'decided-before' | 'task-stale' | 'unknown'>;
  /** Of an item, oldest first. */
  reviewsOf(workId: string): Promise<readonly Review[]>;
  /** That a task asks about. */
  byTask(taskId: string): Promise<Review | undefined>;
  /** Not decided yet, oldest first. `after`: opaque, from the page before. */
  held(query: {
    readonly definitions?: readonly string[];
    readonly after?: string;
    /** 1 to 1000, default 100. */
    readonly limit?: number;
  }): Promise<{ readonly reviews: readonly Review[]; readonly next: string | null }>;
  /** Endpoints that were down when they were last looked at. */
  downs(): Promise<readonly EndpointDown[]>;
  /** `null`: it is well again. */
  noteDown(endpoint: string, down: Omit<EndpointDown, 'endpoint'> | null): Promise<void>;
  /** How many are not decided, by definition. */
  heldCounts(): Promise<Readonly<Record<string, number>>>;
}
