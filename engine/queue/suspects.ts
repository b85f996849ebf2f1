/**
 * Finds the item that ends the process, without its neighbours going down with it. Whatever is in flight at a crash is
 * interrupted together, so after two interruptions in a row an item is suspect, and of all suspects only one runs at a
 * time, the most often interrupted first: the harmless ones end well as soon as they run apart from the one that is not,
 * and that one comes to its limit alone. An attempt that only took too long counts towards the limit, and makes nobody
 * suspect: it takes nothing down with it.
 */
import type { ClaimedWork, Failure, Settlement, WorkAttempt, WorkQueue } from '../store/contract/index.ts';
import type { Flight, Flights } from './flights.ts';

/** An item interrupted this often in a row, by crashes or lost leases, goes to a person. */
export const MOST_INTERRUPTIONS = 8;
/** In a row: once may happen to anybody. */
const SUSPECT_AFTER = 2;
/** Code of the failure with which a suspect is put off; it is no outcome of an attempt. */
const HELD_BACK = 'held-back';
/** Code of the failure of an attempt that had not ended in its time; it counts as interrupted. */
const LEASE_RAN_OUT = 'lease-ran-out';
/** Beyond this what is known is forgotten, and asked for again. */
const MOST_KNOWN = 100_000;

export interface Judged {
  /** They came to their limit. */
  readonly ended: readonly { readonly flight: Flight; readonly node: Failure['node'] | undefined }[];
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

  /** How an attempt has ended. */
  settled(workId: string, settlement: Settlement): void {
    if (settlement.kind !== 'retry' || isNoOutcome(settlement.failure)) this.#ended.delete(workId);
    else {
      if (this.#ended.size >= MOST_KNOWN) this.#ended.clear();
      this.#ended.add(workId);
    }
  }

  async judge(flights: readonly Flight[]): Promise<Judged> {
    const seen = await Promise.all(
      flights.map(async (flight) => {
        const attempts = await this.#attempts(flight.work);
        const node = attempts.findLast(({ failure }) => failure?.node)?.failure?.node;
        return { flight, node, ...interruptions(attempts) };
      }),
    );
    const worst = seen
      .filter(({ streak, crashes }) => crashes >= SUSPECT_AFTER && streak < MOST_INTERRUPTIONS)
      .toSorted((a, b) => b.streak - a.streak)
      .map(({ flight }) => flight);
    const isTaken = this.#alone !== undefined && this.#flights.find(this.#alone.work) === this.#alone;
    const alone = isTaken ? undefined : worst.shift();
    if (alone) this.#alone = alone;
    return {
      ended: seen.filter(({ streak }) => streak >= MOST_INTERRUPTIONS),
      harmless: seen
        .filter(({ streak, crashes }) => crashes < SUSPECT_AFTER && streak < MOST_INTERRUPTIONS)
        .map(({ flight }) => flight),
      alone,
      putOff: worst,
    };
  }

  /** Those before the one that has just begun. */
  async #attempts({ id, attempt }: ClaimedWork): Promise<readonly WorkAttempt[]> {
    try {
      const view = await this.#work.get(id);
      return (view?.attempts ?? []).filter((one) => one.attempt < attempt);
    } catch (error) {
      this.#onStoreFailure(error);
      return [];
    }
  }
}

const isNoOutcome = ({ code }: Failure): boolean => code === HELD_BACK || code === LEASE_RAN_OUT;

/**
 * How often in a row the last attempts were interrupted, and how many of these by the end of a process. Being put off in
 * between neither counts nor clears.
 */
function interruptions(attempts: readonly WorkAttempt[]): { readonly streak: number; readonly crashes: number } {
  let [streak, crashes] = [0, 0];
  for (const { outcome, failure } of attempts.toReversed()) {
    if (failure?.code === HELD_BACK) continue;
    if (outcome !== 'interrupted' && failure?.code !== LEASE_RAN_OUT) break;
    streak++;
    if (outcome === 'interrupted') crashes++;
  }
  return { streak, crashes };
}
