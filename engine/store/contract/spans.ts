/**
 * What people owed and were told in a time, as lean rows for reports: no title, no text, nothing that a flow carries. Read page by
 * page, so that neither the database nor the process is held for long; what ends between two pages may be seen twice.
 */
import type { Millis } from '../../base/clock.ts';
import type { AlertDismissal } from './alerts.ts';
import type { EscalationState } from './clinical.ts';
import type { TaskState } from './tasks.ts';

export interface SpanQuery {
  /** Inclusive. */
  readonly since: Millis;
  /** Exclusive. */
  readonly until: Millis;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  /** Opaque, from the page before. */
  readonly after?: string;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

/** `rows` may be fewer than were asked for, even none, while there is a `next`. */
export interface SpanPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

export interface TaskSpan {
  readonly id: string;
  readonly definition: string;
  readonly state: TaskState;
  readonly role: string | null;
  readonly serviceLine: string | null;
  readonly createdAt: Millis;
  readonly stateSince: Millis;
  readonly dueAt: Millis | null;
  readonly acknowledgedAt: Millis | null;
  readonly endedAt: Millis | null;
  /** How often somebody decided otherwise than the rule in the time. */
  readonly overridden: number;
}

export interface AlertSpan {
  readonly definition: string;
  readonly startedAt: Millis;
  readonly ended: {
    readonly by: string;
    readonly at: Millis;
    readonly dismissal: AlertDismissal['reason'] | null;
  } | null;
}

export interface EscalationSpan {
  readonly id: string;
  readonly definition: string;
  readonly startedAt: Millis;
  readonly state: EscalationState;
  readonly endedAt: Millis | null;
  /** Of each step of its ladder, after the start. */
  readonly steps: readonly Millis[];
  /** Steps taken; more than there are while the last one repeats. */
  readonly taken: number;
  readonly exhausted: 'keep-last' | 'fallback';
}

/** An exhausted escalation whose ladder began so long before the time is not looked at: its last step was long ago. */
export const LONGEST_LADDER_MS = 92 * 86_400_000;

export interface Spans {
  /** All that are open now, newest first; then those that were made before `until` and ended at or after `since`, latest end first. */
  tasks(query: SpanQuery): Promise<SpanPage<TaskSpan>>;
  /** Those that started in the time, newest first; then others that ended in it, latest end first. */
  alerts(query: SpanQuery): Promise<SpanPage<AlertSpan>>;
  /** Started before `until`: open and exhausted ones, newest first, then those that ended at or after `since`, latest end first. */
  escalations(query: SpanQuery): Promise<SpanPage<EscalationSpan>>;
  /** Alerts held back in the time, by definition; of the newest 100,000. */
  heldBack(
    query: Pick<SpanQuery, 'since' | 'until' | 'definitions'>,
  ): Promise<readonly { readonly definition: string; readonly count: number }[]>;
}

/** Of one kind; whoever adds up stops here as well. */
export const MOST_SPANS = 100_000;
