import type { Millis } from '../base/clock.ts';
import type { TaskState } from '../tasks/task-states.ts';
import { DurationTally } from './duration-tally.ts';
import type { ShiftFigures } from './shift-report.ts';

/** The figures of one group as they are counted up. */
export class FigureTally {
  pending = 0;
  created = 0;
  completed = 0;
  escalationSteps = 0;
  exhausted = 0;
  alertsStarted = 0;
  alertsHeldBack = 0;
  readonly toAcknowledge = new DurationTally();
  readonly toComplete = new DurationTally();
  readonly #inState = new DurationTally();
  readonly #states = new Map<TaskState, DurationTally>();
  #overdue = 0;
  #alertsEnded = 0;
  #falsePositives = 0;
  #decided = 0;
  #overridden = 0;

  pends(state: TaskState, since: Millis, overdue: boolean): void {
    this.pending++;
    if (overdue) this.#overdue++;
    this.#inState.add(since);
    let of = this.#states.get(state);
    if (!of) this.#states.set(state, (of = new DurationTally()));
    of.add(since);
  }

  /** By a person. */
  alertEnded(falsePositive: boolean): void {
    this.#alertsEnded++;
    if (falsePositive) this.#falsePositives++;
  }

  /** A task that ended, or about which a person decided otherwise than the rule. */
  decided(otherwise: boolean): void {
    this.#decided++;
    if (otherwise) this.#overridden++;
  }

  figures(): ShiftFigures {
    const states = [...this.#states].map(([state, tally]) => [state, tally.durations()] as const);
    return {
      pending: Object.fromEntries(states.map(([state, { count }]) => [state, count])),
      inState: this.#inState.durations(),
      inEachState: Object.fromEntries(states),
      overdue: this.#overdue,
      created: this.created,
      completed: this.completed,
      toAcknowledge: this.toAcknowledge.durations(),
      toComplete: this.toComplete.durations(),
      escalationSteps: this.escalationSteps,
      exhausted: this.exhausted,
      alertsStarted: this.alertsStarted,
      alertsHeldBack: this.alertsHeldBack,
      falsePositiveRate: rate(this.#falsePositives, this.#alertsEnded),
      overrideRate: rate(this.#overridden, this.#decided),
    };
  }
}

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
