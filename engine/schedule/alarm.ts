import type { Clock, Millis } from '../base/clock.ts';

/** One timer for many moments: rings at the earliest asked for, then forgets them all; whoever is rung asks again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #task: () => void;
  #at: Millis | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, task: () => void) {
    this.#clock = clock;
    this.#task = task;
  }

  /** Makes sure that it rings at `at` or before. */
  ring(at: Millis): void {
    if (this.#at !== null && this.#at <= at) return;
    this.#cancel?.();
    this.#at = at;
    this.#cancel = this.#clock.at(at, () => {
      this.#at = null;
      this.#cancel = null;
      this.#task();
    });
  }

  off(): void {
    this.#cancel?.();
    this.#at = null;
    this.#cancel = null;
  }
}
