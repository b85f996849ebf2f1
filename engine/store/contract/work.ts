/**
 * The work queue: processing owed for messages.
 *
 *   new -> waiting | parked (child)          claim: waiting -> claimed
 *   claimed -> done | dead | waiting (retry, or lease ran out) | parked (held for a person: fallbacks.ts)
 *   parked -> waiting                        dead -> waiting (redrive) | discarded
 *   waiting | parked -> discarded (by a person)
 *
 * Items with one ordering key run one at a time in the order of their `seq`. While the head of a key is claimed, waits
 * for a retry, or is dead with `holds`, the others of its key are not claimable. A fence (a number that grows with every
 * claim) guards each settling: whoever lost the lease cannot settle.
 */
import type { Millis } from '../../base/clock.ts';
import type { FailureClass, WaitsFor } from '../../base/errors.ts';
import type { AuditEntry } from './audit.ts';
import type { NewReview } from './fallbacks.ts';
import type { Lane, MessageFormat } from './journal.ts';

export const WORK_STATES = ['waiting', 'claimed', 'parked', 'done', 'dead', 'discarded'] as const;
export type WorkState = (typeof WORK_STATES)[number];

export interface NewWork {
  readonly id: string;
  readonly messageId: string;
  /** Who processes it: `<definition>/<subscription name>`; also for sources of child items. */
  readonly subscription: string;
  readonly definition: string;
  readonly lane: Lane;
  /** `null`: no order is kept (escalation children). Hashed: never a patient identifier in clear. */
  readonly orderingKey: string | null;
  /** What a dead head does to its key. */
  readonly afterDead: 'hold' | 'continue';
  readonly correlationId: string;
  readonly traceparent: string;
  readonly createdAt: Millis;
  /** Child items only: the parent, a key that makes it unique (a redelivery finds the same child), and its own data. */
  readonly child?: {
    readonly parentWorkId: string;
    readonly key: string;
    readonly kind: 'timer' | 'queue' | 'park' | 'dead-letter';
    readonly data: unknown;
    readonly state?: 'waiting' | 'parked';
    /** For `parked`: it becomes `waiting` by itself at this moment; absent: only by `unpark` or `wakeParked`. */
    readonly notBefore?: Millis;
  };
}

export interface ClaimedWork {
  readonly id: string;
  readonly seq: number;
  readonly messageId: string;
  readonly subscription: string;
  readonly definition: string;
  readonly lane: Lane;
  readonly orderingKey: string | null;
  readonly attempt: number;
  /** Attempts that count against the limit (throttled ones do not). */
  readonly countedAttempts: number;
  readonly fence: number;
  readonly leaseUntil: Millis;
  readonly createdAt: Millis;
  readonly firstDeliveredAt: Millis;
  /** Definition version (hash) pinned at the first delivery; `null` until `pin`. */
  readonly pinnedVersion: string | null;
  readonly correlationId: string;
  readonly traceparent: string;
  readonly child: {
    readonly parentWorkId: string;
    readonly key: string;
    readonly kind: string;
    readonly data: unknown;
  } | null;
  readonly message: {
    readonly bytes: Uint8Array;
    readonly feed: string;
    readonly format: MessageFormat;
    readonly receivedAt: Millis;
    readonly controlId: string | null;
  };
}

/** Why a branch, and with it the item, failed. PHI-free: the text is a catalogue sentence. */
export interface Failure {
  readonly class: FailureClass;
  readonly code: string;
  readonly text: string;
  readonly remedy?: string;
  /** Node-RED node id, type and name where it happened. */
  readonly node?: { readonly id: string; readonly type: string; readonly name: string };
  readonly retryAfterMs?: number;
  /** What it waits for, where the failure says so: `WorkQueue.hasten` finds it by that. */
  readonly waitsFor?: WaitsFor;
}

/** One delivery from a node to another. */
export interface TraceHop {
  /** Node id. */
  readonly node: string;
  /** The output it left by, from 0; `null` where no wire leads there (to a `catch`, by a link call), or from before it was kept. */
  readonly port: number | null;
}

export interface TraceStep {
  readonly branch: string;
  /** The branch this one was split from; `null` for the first. */
  readonly parent: string | null;
  readonly node: { readonly id: string; readonly type: string; readonly name: string };
  readonly at: Millis;
  /** Time in the node, milliseconds; `null` when it did not say that it had finished. */
  readonly ms: number | null;
  readonly outcome: 'passed' | 'forked' | 'settled' | 'failed' | 'absorbed' | 'ended';
  /** Where the message went on to, in order. */
  readonly to: readonly TraceHop[];
  readonly note?: string;
}

export type Settlement =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'retry';
      readonly at: Millis;
      readonly counts: boolean;
      readonly failure: Failure;
      /** The item counts as not delivered yet: its deadline begins with the next delivery (an operator held it). */
      readonly anew?: boolean;
    }
  | { readonly kind: 'dead'; readonly failure: Failure }
  /** A person has to decide what becomes of it: `Fallbacks.decide`, and nothing else, moves it again. */
  | { readonly kind: 'held'; readonly held: NewReview };

export interface SettleRequest {
  readonly workId: string;
  readonly fence: number;
  readonly at: Millis;
  readonly settlement: Settlement;
  readonly trace: readonly TraceStep[];
  /** Definition version that ran this attempt. */
  readonly version: string | null;
  /** Child items that begin with this settling (commit together). An existing child key is left as it is. */
  readonly children?: readonly NewWork[];
  readonly audit?: readonly AuditEntry[];
  /** The call may wait some milliseconds for others to go with. */
  readonly unhurried?: boolean;
}

export interface WorkAttempt {
  readonly attempt: number;
  readonly startedAt: Millis;
  /** `null`: interrupted (the process ended), or still running. */
  readonly endedAt: Millis | null;
  readonly version: string | null;
  readonly outcome: 'running' | 'done' | 'retry' | 'dead' | 'interrupted' | 'held';
  readonly failure: Failure | null;
  readonly steps: readonly TraceStep[];
}

export interface WorkView {
  readonly id: string;
  readonly seq: number;
  readonly messageId: string;
  readonly subscription: string;
  readonly definition: string;
  readonly state: WorkState;
  readonly lane: Lane;
  readonly attempt: number;
  readonly createdAt: Millis;
  readonly firstDeliveredAt: Millis | null;
  readonly settledAt: Millis | null;
  /** Earliest next delivery, for `waiting` and `parked`. */
  readonly notBefore: Millis | null;
  readonly leaseUntil: Millis | null;
  /** It waits because an earlier item of its ordering key is not finished. */
  readonly blockedBy: string | null;
  readonly pinnedVersion: string | null;
  readonly failure: Failure | null;
  readonly parentWorkId: string | null;
  readonly childKind: string | null;
  readonly discardReason: string | null;
  readonly attempts: readonly WorkAttempt[];
}

export type WorkCounts = Readonly<Record<WorkState, number>>;

export interface ClaimRequest {
  readonly subscription: string;
  readonly limit: number;
  /** Only heads in these lanes (an inherited lane counts), lane by lane in this order. Default: all, most urgent first. */
  readonly lanes?: readonly Lane[];
  readonly owner: string;
  readonly now: Millis;
  readonly leaseUntil: Millis;
  /** Definition version that runs now: pinned for those that have none yet, as `pin` would. */
  readonly version?: string;
}

export interface WorkQueue {
  /**
   * Claims up to `limit` heads each, most urgent lane first, then arrival order; all requests in one commit. It sees every
   * settling that was asked of this store before it, awaited or not: whoever settles and claims in one turn gets the next
   * item of the key. Not flushed by itself: a claim that a power cut takes back was made by a process that the same cut has
   * ended.
   */
  claim(requests: readonly ClaimRequest[]): Promise<readonly ClaimedWork[]>;
  /** Pins the definition version at first delivery; later calls return the version pinned before. */
  pin(workId: string, fence: number, version: string): Promise<string>;
  /**
   * An end as `done` without children and audit records promises nothing to the outside: it resolves when it is in order
   * and seen by all readers, and is durable before anything that follows from it (the adapter's next flush, at once where
   * nothing else comes). A power cut may take it back, and the item is delivered again as after a crash. All other
   * settlements are durable when it resolves. Refused with `store-decision-lost` where a decision could not be kept.
   */
  settle(request: SettleRequest): Promise<'settled' | 'lost-lease'>;
  /** `false`: the lease is lost. */
  renew(workId: string, fence: number, leaseUntil: Millis): Promise<boolean>;
  /** Gives back what a previous life of this owner held (start-up), or what is not going to run (drain). */
  release(owner: string, at: Millis): Promise<number>;
  /** Returns claimed items whose lease ran out to `waiting`. */
  expireLeases(now: Millis): Promise<number>;
  /**
   * Waiting items whose failure says that they wait for the endpoint become due at `at`, the oldest first, at most `limit`;
   * what is due earlier stays so. Gives how many.
   */
  hasten(endpoint: string, at: Millis, limit: number): Promise<number>;
  /** The earliest moment at which something not claimable now becomes so (retry due, end of parking or of a lease); `null` if none. */
  nextDue(now: Millis): Promise<Millis | null>;
  /** parked -> waiting, by child key. */
  unpark(childKey: string, at: Millis, data?: unknown): Promise<boolean>;
  /** Parked children whose key begins with `prefix` and goes on in letters, digits, `-` and `/`, after the key `after`, in the order of their keys. */
  parkedChildren(
    prefix: string,
    after: string,
    limit: number,
  ): Promise<readonly { readonly key: string; readonly data: unknown }[]>;
  /** parked -> waiting at once, by a person. */
  wakeParked(workId: string, at: Millis, audit: AuditEntry): Promise<'woken' | 'not-parked' | 'unknown'>;
  /** Adds a child item outside a settling (a timer that fired); an existing child key is left as it is. */
  addChild(work: NewWork): Promise<'added' | 'exists'>;
  /** dead -> waiting. */
  redrive(workId: string, at: Millis, audit: AuditEntry): Promise<'redriven' | 'not-dead' | 'unknown'>;
  /** dead | waiting | parked -> discarded. */
  discard(workId: string, at: Millis, reason: string, audit: AuditEntry): Promise<'discarded' | 'not-open' | 'unknown'>;
  /**
   * Newer items of the same ordering key that are already done, here or by hand (held and put aside), or just being delivered: a redrive
   * behind them must say so first. Those that retention has taken since, while this one rested, are counted.
   */
  doneAfter(workId: string): Promise<number>;
  ofMessage(messageId: string): Promise<readonly WorkView[]>;
  get(workId: string): Promise<WorkView | undefined>;
  /** The oldest that waits for this source; `undefined` where none does. */
  firstWaiting(subscription: string): Promise<WorkView | undefined>;
  counts(): Promise<WorkCounts>;
  /** Open items per subscription, with the age of the oldest. */
  backlog(): Promise<
    readonly {
      readonly subscription: string;
      readonly state: WorkState;
      readonly count: number;
      readonly oldest: Millis;
    }[]
  >;
}
