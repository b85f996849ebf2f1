/** What the runner of scenarios and its runtime say to each other over the runtime's IPC channel. */

export interface Question {
  readonly id: number;
  /** Moves the clock to this moment first, milliseconds; it never goes back. */
  readonly move?: number;
}

/** Given when the runtime is at rest. */
export interface Answer {
  readonly id: number;
  readonly now: number;
  /** When something is due next; `null`: nothing waits for time. */
  readonly next: number | null;
  /** Requests and messages to endpoints that have no answer yet. */
  readonly requests: number;
}

/** Said once: the flows run, and the runtime's API listens there. */
export interface Ready {
  readonly ready: number;
}
