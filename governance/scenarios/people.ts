/**
 * What a scenario says of people: who is on, what they do about tasks, alerts, fallbacks and what was held for them, and how
 * the channels behave by which alerts reach them.
 */

/** One line of the roster of a scenario. `from` and `to`: moments, or durations since the beginning (`PT8H`). */
export interface RosterLine {
  readonly role: string;
  readonly unit?: string | null;
  /** User name, as in `by`. */
  readonly person: string;
  readonly from?: string | null;
  readonly to?: string | null;
}

/**
 * What a channel does with an alert:
 * - `down`: it cannot be reached; nothing has arrived
 * - `refuse`: it says no (an address it does not know, say)
 * - `busy`: it asks to wait
 * - `lost-answer`: the alert has arrived, and nobody hears of it
 * - `no-address`: it has none for whom the alert is for
 * - `none`: it is well again
 */
export const CHANNEL_FAULT_KINDS = ['down', 'refuse', 'busy', 'lost-answer', 'no-address', 'none'] as const;

export interface ChannelFault {
  readonly kind: (typeof CHANNEL_FAULT_KINDS)[number];
  /** For so many alerts; absent: until another fault is set. */
  readonly times?: number;
}

/** Which one is meant: the oldest that is not over yet, of those that fit; else the newest. */
interface Which {
  /** Of a message. */
  readonly of?: string;
  /** Kind of task. */
  readonly code?: string;
}

/** A code, or a code with words. */
export type ReasonGiven = string | { readonly code: string; readonly text: string };

interface Acting {
  /** User name; what is no part of one becomes `-`. */
  readonly by: string;
  readonly reason?: ReasonGiven;
  /** Catalogue code with which it must be refused; absent: it must not be. */
  readonly refused?: string;
}

/** Beside who and which exactly one of these. */
export interface TaskAct extends Which, Acting {
  readonly step?: string;
  readonly claim?: true;
  readonly assign?: { readonly role?: string; readonly unit?: string; readonly person?: string };
  /** Of the checklist; `to`: default `done`. */
  readonly part?: string;
  readonly to?: 'open' | 'done' | 'skipped';
  readonly comment?: string;
  readonly override?: { readonly what: string; readonly instead: string };
  /** A difference to the EHR's copy: which side holds. */
  readonly ehr?: 'ours' | 'theirs';
}

export const TASK_ACTS = ['step', 'claim', 'assign', 'part', 'comment', 'override', 'ehr'] as const;

export interface AlertAct extends Acting {
  readonly do: 'open' | 'acknowledge' | 'act' | 'close';
  readonly of?: string;
  readonly policy?: string;
  readonly tier?: string;
  /** For `act`. */
  readonly what?: string;
  /** For `close`: why it should not have been. */
  readonly dismissal?: 'false-positive' | 'duplicate' | 'not-actionable' | 'other';
}

export interface FallbackAct extends Acting {
  readonly do: 'enter' | 'leave';
}

export interface ReviewAct extends Acting {
  readonly decide: 'process' | 'put-aside';
  /** Only what was held of this message; absent: all of it. */
  readonly of?: string;
  /** It is known that newer messages of the same key were done since. */
  readonly newerKnown?: boolean;
}

/** `user:charge-nurse` of "charge nurse". */
export const userOf = (by: string): string => by.toLowerCase().replaceAll(/[^\w.@+-]+/g, '-');
