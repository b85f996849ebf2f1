import type { Millis } from '../base/clock.ts';
import type { Durations } from './shift-report.ts';

/** Durations as they are counted up; of the durations themselves, so that a percentile is one that was measured. */
export class DurationTally {
  readonly #all: Millis[] = [];

  /** A clock that was set back makes no time negative. */
  add(duration: Millis): void {
    this.#all.push(Math.max(0, duration));
  }

  durations(): Durations {
    const sorted = Float64Array.from(this.#all).toSorted();
    return {
      count: sorted.length,
      p50: nearestRank(sorted, 0.5),
      p90: nearestRank(sorted, 0.9),
      longest: sorted.at(-1) ?? null,
    };
  }
}

/** The smallest value that at least this share of all do not exceed; `null` of nothing. */
export const nearestRank = (sorted: Float64Array, share: number): number | null =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
