/**
 * Alerts: who was to be told of what, how it went, and what became of it. One alert stands for all that happens in its group
 * (a patient and a condition, say) until it is over: it starts once and is resolved once.
 *
 *   open -> acknowledged -> closed      open -> closed      (any of them) -> resolved, when the cause is gone
 *
 * Whether it is told at all is decided before (engine/alerts); what was held back is kept as well, with the rule that did it.
 */
import type { Millis } from '../../base/clock.ts';
import type { AuditEntry } from './audit.ts';
import type { NewWork } from './work.ts';

export const ALERT_STATES = ['open', 'acknowledged', 'closed', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** Nobody is to do anything about it any more. */
export const isOver = (state: AlertState): boolean => state === 'closed' || state === 'resolved';

/** One try to reach somebody by one channel. A channel that fails is followed by the next in the tier's order. */
export interface AlertDelivery {
  readonly channel: string;
  /** Role, person or roster as people call them; never an address. */
  readonly to: string;
  readonly at: Millis;
  readonly state: 'sent' | 'delivered' | 'failed';
  /** Sent again with the same alert id: it may have arrived before. */
  readonly repeat: boolean;
  /** Catalogue code of what went wrong. */
  readonly code: string | null;
}

export const ALERT_DISMISSALS = ['false-positive', 'duplicate', 'not-actionable', 'other'] as const;

/** Why it should not have been told. */
export interface AlertDismissal {
  readonly reason: (typeof ALERT_DISMISSALS)[number];
  readonly text: string | null;
}

export interface AlertRecord {
  readonly id: string;
  /** From 1; every change makes the next. */
  readonly version: number;
  /** SHA-256 over policy and group values: says nothing of the patient. */
  readonly group: string;
  readonly policy: string;
  readonly policyVersion: string;
  readonly definition: string;
  /** `WorkflowTask.patient`, of that message. */
  readonly patient?: string;
  /** The message that started it; later ones are counted. */
  readonly messageId: string;
  readonly tier: string;
  /** One PHI-free line. */
  readonly title: string;
  readonly state: AlertState;
  /** Occurrences so far, the first included. */
  readonly count: number;
  readonly startedAt: Millis;
  readonly lastAt: Millis;
  /** What comes in the group before this is counted to this alert, if it is not over, or held back; after it a new one begins. */
  readonly coolUntil: Millis;
  readonly deliveries: readonly AlertDelivery[];
  /** First look of a person, while it was not over. */
  readonly openedAt: Millis | null;
  /** `task`: it was answered through this workflow task of ours. */
  readonly acknowledged: { readonly by: string; readonly at: Millis; readonly task?: string } | null;
  /** First thing that somebody did about it. */
  readonly actedAt: Millis | null;
  /** What people did about it, in their words, the newest last; the last 50. May be clinical: never in lists, logs or audit records. */
  readonly acts?: readonly { readonly by: string; readonly at: Millis; readonly what: string }[];
  readonly ended: {
    readonly by: string;
    readonly at: Millis;
    readonly dismissal: AlertDismissal | null;
    /** It is over because this workflow task of ours was completed: that its cause is gone is told all the same. */
    readonly task?: string;
  } | null;
  /** Heading of the definition's README. */
  readonly runbook: string | null;
  /** The version that a person made last, looks apart; absent: nobody yet. Whoever saw an older one has not seen that. */
  readonly answered?: number;
  /** Our workflow task that it made people look at; those that joined it have theirs in `HeldBackAlert.task`. Absent: none. */
  readonly task?: string;
}

/** What was not told, and by which rule. */
export interface HeldBackAlert {
  readonly at: Millis;
  readonly group: string;
  readonly policy: string;
  readonly definition: string;
  readonly messageId: string;
  readonly tier: string;
  readonly because: 'suppressed' | 'cooling-down' | 'joined';
  /** Reason of the suppression rule; id of the alert that it joined. */
  readonly by: string;
  /** `AlertRecord.task` that it would have had. */
  readonly task?: string;
}

export interface AlertQuery {
  readonly states?: readonly AlertState[];
  readonly policy?: string;
  readonly messageId?: string;
  readonly group?: string;
  readonly since?: Millis;
  /** Of one of these; an empty list: none. */
  readonly definitions?: readonly string[];
  readonly before?: Millis;
  /** 1 to 1000, default 100. */
  readonly limit?: number;
}

export interface Alerts {
  /**
   * One step for racing callers. Before the newest alert of the group has cooled down (`alert.startedAt` is now), it is counted
   * up (`joined`) or, where it is over, nothing happens (`cooling-down`); otherwise `alert`, the child item that
   * delivers it and the audit record are made in one commit. A message that was counted is not counted again (`exists`).
   */
  raise(
    alert: AlertRecord,
    child: NewWork,
    audit: AuditEntry,
  ): Promise<{ readonly kind: 'started' | 'exists' | 'joined' | 'cooling-down'; readonly alert: AlertRecord }>;
  /** `stale`: somebody was faster; the alert as it is now. */
  change(
    id: string,
    seen: number,
    next: AlertRecord,
    child: NewWork | null,
    audit: AuditEntry,
  ): Promise<{ readonly kind: 'changed' | 'stale'; readonly alert: AlertRecord } | { readonly kind: 'unknown' }>;
  /** Need not be flushed at once: what was held back is told to nobody. */
  heldBack(one: HeldBackAlert): Promise<void>;
  get(id: string): Promise<AlertRecord | undefined>;
  /** The newest of the group. */
  ofGroup(group: string): Promise<AlertRecord | undefined>;
  list(query: AlertQuery): Promise<readonly AlertRecord[]>;
  counts(query: Omit<AlertQuery, 'states' | 'limit'>): Promise<Readonly<Record<AlertState, number>>>;
  heldBackList(query: Omit<AlertQuery, 'states'>): Promise<readonly HeldBackAlert[]>;
}
