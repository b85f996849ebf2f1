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

export interface AlertDismissal {
  readonly reason: 'false-positive' | 'duplicate' | 'not-actionable' | 'other';
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
  readonly openedAt: Millis | null;
  readonly acknowledged: { readonly by: string; readonly at: Millis } | null;
  /** First thing that somebody did about it. */
  readonly actedAt: Millis | null;
  readonly ended: { readonly by: string; readonly at: Millis; readonly dismissal: AlertDismissal | null } | null;
  /** Heading of the definition's README. */
  readonly runbook: string | null;
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
}

export interface AlertQuery {
  readonly states?: readonly AlertState[];
  readonly policy?: string;
  readonly messageId?: string;
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
  heldBackList(query: Omit<AlertQuery, 'states'>): Promise<readonly HeldBackAlert[]>;
}
