/** Time as a parameter: everything in the engine that waits or stamps takes a Clock, so tests and scenarios move time. */

/** Milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` gives. */
export type Millis = number;

export interface Clock {
  now(): Millis;
  /** Runs `task` once when `now() >= at`. Returns a function that cancels it. Never keeps the process alive. */
  at(at: Millis, task: () => void): () => void;
}

/** setTimeout fires at once above this delay (32-bit overflow), so longer waits are taken in hops. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  at(at, task) {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const wait = Math.max(0, at - Date.now());
      handle = setTimeout(wait > LONGEST_TIMEOUT ? arm : task, Math.min(wait, LONGEST_TIMEOUT));
      handle.unref();
    };
    arm();
    return () => clearTimeout(handle);
  },
};

/** A clock that stands still until `advance` or `set`; due tasks run in order of their time, then of their registration. */
export class ManualClock implements Clock {
  #now: Millis;
  #next = 0;
  #tasks: { at: Millis; order: number; task: () => void }[] = [];

  constructor(start: Millis = Date.UTC(2026, 0, 5, 8, 0, 0)) {
    this.#now = start;
  }

  now(): Millis {
    return this.#now;
  }

  at(at: Millis, task: () => void): () => void {
    const entry = { at, order: this.#next++, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Tasks that wait for their time. */
  get waiting(): number {
    return this.#tasks.length;
  }

  /** When the next of them is due; `null`: none waits. */
  get nextAt(): Millis | null {
    return this.#tasks.reduce<Millis | null>((first, { at }) => (first === null || at < first ? at : first), null);
  }

  advance(by: Millis): void {
    this.set(this.#now + by);
  }

  set(to: Millis): void {
    for (;;) {
      const due = this.#tasks.filter((entry) => entry.at <= to).toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!due) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
    }
    this.#now = to;
  }
}
