/** Keeps the leases of items alive while a managed effect is in flight for them; one alarm for all. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { ClaimedWork, WorkQueue } from '../store/contract/index.ts';
import { renewalOf, type Flight, type Flights } from './flights.ts';

export interface LeaseKeeperOptions {
  readonly flights: Flights;
  readonly work: Pick<WorkQueue, 'renew'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
  /** The lease is lost in spite of all: the item is no longer ours. */
  readonly onLost: (flight: Flight) => void;
}

/** Between two tries to renew one lease. */
const LEAST_WAIT_MS = 100;

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #alarm: Alarm;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => void this.#renew());
  }

  async hold<T>(work: Pick<ClaimedWork, 'id' | 'fence'>, until: Promise<T>): Promise<T> {
    const { flights } = this.#options;
    const flight = flights.find(work);
    if (!flight) return until;
    flights.hold(flight);
    this.#alarm.ring(renewalOf(flight));
    try {
      return await until;
    } finally {
      flights.unhold(flight);
    }
  }

  stop(): void {
    this.#alarm.off();
  }

  async #renew(): Promise<void> {
    const { flights, clock } = this.#options;
    const now = clock.now();
    const due = [...flights.held()].filter((flight) => renewalOf(flight) <= now);
    await Promise.all(due.map((flight) => this.#renewOne(flight, now + flight.leaseMs)));
    const soonest = clock.now() + LEAST_WAIT_MS;
    for (const flight of flights.held()) this.#alarm.ring(Math.max(renewalOf(flight), soonest));
  }

  async #renewOne(flight: Flight, leaseUntil: number): Promise<void> {
    const { work, log, onLost, onStoreFailure } = this.#options;
    const { id, fence } = flight.work;
    try {
      if (await work.renew(id, fence, leaseUntil)) flight.leaseUntil = leaseUntil;
      else {
        log.warn('A lease was lost while an effect was in flight.', { workId: id });
        onLost(flight);
      }
    } catch (error) {
      onStoreFailure(error);
    }
  }
}
