/**
 * Finds the item that ends the process, without its neighbours going down with it. Whatever is in flight at a crash is
 * interrupted together, so after two interruptions in a row an item is suspect, and of all suspects only one runs at a
 * time, the most often interrupted first: the harmless ones end well as soon as they run apart from the one that is not,
 * and that one comes to its limit alone.
 */
import type { ClaimedWork, WorkAttempt, WorkQueue } from '../store/contract/index.ts';
import type { Flight, Flights } from './flights.ts';

/** An item interrupted this often in a row, by crashes or lost leases, goes to a person. */
export const MOST_INTERRUPTIONS = 8;
/** In a row: once may happen to anybody. */
const SUSPECT_AFTER = 2;
/** Code of the failure with which a suspect is put off; it is no outcome of an attempt. */
export const HELD_BACK = 'held-back';
/** Beyond this what is known is forgotten, and asked for again. */
const MOST_KNOWN = 100_000;

export interface Judged {
  /** They came to their limit. */
  readonly ended: readonly Flight[];
  /** Nothing is held against them. */
  readonly harmless: readonly Flight[];
  /** To be delivered once all of `putOff` are back in the store. */
  readonly alone: Flight | undefined;
  readonly putOff: readonly Flight[];
}

export class Suspects {
  readonly #work: Pick<WorkQueue, 'get'>;
  readonly #flights: Pick<Flights, 'find'>;
  readonly #onStoreFailure: (error: unknown) => void;
  /** Their last attempt ended in this life of the process: they need not be asked for, which costs a read each. */
  readonly #ended = new Set<string>();
  #alone: Flight | undefined;

  constructor(options: {
    readonly work: Pick<WorkQueue, 'get'>;
    readonly flights: Pick<Flights, 'find'>;
    readonly onStoreFailure: (error: unknown) => void;
  }) {
    this.#work = options.work;
    this.#flights = options.flights;
    this.#onStoreFailure = options.onStoreFailure;
  }

  /** Its earlier attempts have to be looked at before it is delivered. */
  mayBe(work: ClaimedWork): boolean {
    return work.attempt > SUSPECT_AFTER && !this.#ended.has(work.id);
  }

  /** An attempt ended by itself, in a retry. */
  retried(workId: string): void {
    if (this.#ended.size >= MOST_KNOWN) this.#ended.clear();
    this.#ended.add(workId);
  }

  /** The item is over, or was interrupted. */
  forget(workId: string): void {
    this.#ended.delete(workId);
  }

  async judge(flights: readonly Flight[]): Promise<Judged> {
    const streaks = await Promise.all(flights.map(({ work }) => this.#streak(work)));
    const seen = flights.map((flight, index) => ({ flight, streak: streaks[index] ?? 0 }));
    const worst = seen
      .filter(({ streak }) => streak >= SUSPECT_AFTER && streak < MOST_INTERRUPTIONS)
      .toSorted((a, b) => b.streak - a.streak)
      .map(({ flight }) => flight);
    const isTaken = this.#alone !== undefined && this.#flights.find(this.#alone.work) === this.#alone;
    const alone = isTaken ? undefined : worst.shift();
    if (alone) this.#alone = alone;
    return {
      ended: seen.filter(({ streak }) => streak >= MOST_INTERRUPTIONS).map(({ flight }) => flight),
      harmless: seen.filter(({ streak }) => streak < SUSPECT_AFTER).map(({ flight }) => flight),
      alone,
      putOff: worst,
    };
  }

  async #streak({ id, attempt }: ClaimedWork): Promise<number> {
    try {
      const view = await this.#work.get(id);
      return interruptionsBefore(attempt, view?.attempts ?? []);
    } catch (error) {
      this.#onStoreFailure(error);
      return 0;
    }
  }
}

/** How often in a row the attempts before this one were interrupted. Being put off in between neither counts nor clears. */
function interruptionsBefore(attempt: number, attempts: readonly WorkAttempt[]): number {
  let count = 0;
  for (const one of attempts.toReversed()) {
    if (one.attempt >= attempt || one.failure?.code === HELD_BACK) continue;
    if (one.outcome !== 'interrupted') break;
    count++;
  }
  return count;
}
