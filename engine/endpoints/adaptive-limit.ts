/**
 * How many calls a server gets at once: one more for each full round that goes well, half of them as soon as it says or
 * shows that it is too much (additive increase, multiplicative decrease). What began before the last halving halves no more.
 */
import type { Clock, Millis } from '../base/clock.ts';

export class AdaptiveLimit {
  readonly #clock: Clock;
  readonly #most: number;
  #limit: number;
  #halvedAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#limit = most;
  }

  get now(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** A call went well. `full`: as many were under way as may be; a limit that nothing reaches is not raised. */
  wentWell(full: boolean): void {
    if (full) this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
  }

  tooMuch(startedAt: Millis): void {
    if (startedAt <= this.#halvedAt) return;
    this.#halvedAt = this.#clock.now();
    this.#limit = Math.max(1, this.#limit / 2);
  }

  /** After the server was away: from one call on. */
  restart(): void {
    this.#limit = 1;
  }
}
