/** How a time went: what people owed, how fast they answered, what was told and what of it was wrong. Pure types; decision 0018. */
import type { Millis } from '../base/clock.ts';
import type { TaskState } from '../store/contract/tasks.ts';

export interface ShiftReportRequest {
  /** Inclusive. */
  readonly from: Millis;
  /** Exclusive; at most 31 days (and the hour of a clock change) after `from`. */
  readonly to: Millis;
  /** By hour below two days, else by day, in this zone (IANA). */
  readonly zone: string;
  /** `null`: all. */
  readonly serviceLine: string | null;
}

/** Nearest-rank percentiles in milliseconds; `null`: nothing was measured. */
export interface Durations {
  readonly count: number;
  readonly p50: Millis | null;
  readonly p90: Millis | null;
  readonly longest: Millis | null;
}

export interface ShiftFigures {
  /** Now (at `asOf`), not in the time. */
  readonly pending: Readonly<Partial<Record<TaskState, number>>>;
  /** How long what is pending has been in its state: all of it, and by state. */
  readonly inState: Durations;
  readonly inEachState: Readonly<Partial<Record<TaskState, Durations>>>;
  readonly overdue: number;
  /** In the time: */
  readonly created: number;
  readonly completed: number;
  readonly toAcknowledge: Durations;
  readonly toComplete: Durations;
  /** Steps that ladders took, at the times that the ladder has for them, and ladders that came to their end without an answer. */
  readonly escalationSteps: number;
  readonly exhausted: number;
  readonly alertsStarted: number;
  readonly alertsHeldBack: number;
  /** Of alerts that people ended; `null`: none were. */
  readonly falsePositiveRate: number | null;
  /** Of tasks that ended or were decided otherwise; `null`: none were. */
  readonly overrideRate: number | null;
}

export interface ShiftBucket {
  readonly at: Millis;
  readonly created: number;
  readonly completed: number;
  readonly alerts: number;
  readonly escalationSteps: number;
  /** Median, `null`: nothing was acknowledged. */
  readonly toAcknowledge: Millis | null;
}

export interface ShiftReport extends ShiftReportRequest {
  readonly asOf: Millis;
  readonly all: ShiftFigures;
  /** By service line; `null` is "none". Most pending first. */
  readonly byServiceLine: readonly (ShiftFigures & { readonly serviceLine: string | null })[];
  readonly byRole: readonly (Pick<ShiftFigures, 'overdue' | 'created' | 'completed' | 'toAcknowledge'> & {
    /** `null`: of tasks that are for a unit or a person only. */
    readonly role: string | null;
    readonly pending: number;
  })[];
  readonly buckets: readonly ShiftBucket[];
  /** More was kept than is looked at (100,000 of a kind, or what could be read in some seconds): the figures are of the newest. */
  readonly cut: boolean;
}
