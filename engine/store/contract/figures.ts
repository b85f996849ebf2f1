/** Numbers over what is stored, for people who watch the queue. Read only; none of them names a message. */
import type { Millis } from '../../base/clock.ts';
import type { Lane } from './journal.ts';
import type { WorkState } from './work.ts';

export const MINUTE_MS = 60_000;
/** Minutes are kept for this long; older ones are forgotten. */
export const FIGURES_KEPT_MS = 25 * 3_600_000;

export const TALLIES = ['received', 'settled', 'retried', 'died'] as const;
export type Tally = (typeof TALLIES)[number];

/** What one minute saw, counted in the commits that made it so. */
export interface MinuteFigures {
  /** Start of the minute. */
  readonly at: Millis;
  /** Journal entries, quarantined and resent ones among them. */
  readonly received: number;
  /** Work items done. */
  readonly settled: number;
  /** Attempts that ended in another try. */
  readonly retried: number;
  /** Work items that became dead letters. */
  readonly died: number;
}

/** Open work items (waiting, claimed, parked, dead). */
export interface QueueDepth {
  readonly lane: Lane;
  readonly state: WorkState;
  readonly count: number;
}

/** Messages that share a reason. */
export interface ReasonFigures {
  readonly state: 'dead' | 'quarantined';
  readonly code: string;
  /** The sentence of one of them. */
  readonly text: string;
  readonly count: number;
  /** Since when the first and the last of them are so. */
  readonly oldest: Millis;
  readonly newest: Millis;
}

export interface Figures {
  /** Minutes that begin in [since, until), oldest first; a minute without anything is left out. */
  minutes(since: Millis, until: Millis): Promise<readonly MinuteFigures[]>;
  depth(): Promise<readonly QueueDepth[]>;
  /** Most frequent first. */
  reasons(): Promise<readonly ReasonFigures[]>;
}
