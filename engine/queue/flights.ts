/** The items in flight: which source has how many, when each lease ends, and which leases are to be kept alive. */
import type { Millis } from '../base/clock.ts';
import type { ClaimedWork } from '../store/contract/index.ts';
import type { WorkSource } from './source.ts';

/** A source's place. It outlives its source while items are in flight, so that a deploy does not double the capacity. */
export interface Slot {
  source: WorkSource | null;
  inFlight: number;
}

export interface Flight {
  readonly work: ClaimedWork;
  readonly slot: Slot;
  readonly leaseMs: Millis;
  leaseUntil: Millis;
  holds: number;
}

export class Flights {
  readonly #slots = new Map<string, Slot>();
  readonly #flights = new Map<string, Flight>();
  /** Those with at least one hold: renewing looks at these alone. */
  readonly #held = new Set<Flight>();

  get size(): number {
    return this.#flights.size;
  }

  slots(): Iterable<Slot> {
    return this.#slots.values();
  }

  slotOf(sourceId: string): Slot | undefined {
    return this.#slots.get(sourceId);
  }

  place(source: WorkSource): () => void {
    const slot = this.#slots.get(source.id) ?? { source, inFlight: 0 };
    slot.source = source;
    this.#slots.set(source.id, slot);
    return () => {
      if (slot.source !== source) return;
      slot.source = null;
      if (slot.inFlight === 0) this.#slots.delete(source.id);
    };
  }

  take(work: ClaimedWork, slot: Slot, leaseMs: Millis): Flight {
    const flight = { work, slot, leaseMs, leaseUntil: work.leaseUntil, holds: 0 };
    this.#flights.set(work.id, flight);
    slot.inFlight++;
    return flight;
  }

  /** The flight of exactly this claim: a redelivered item has another fence. */
  find(work: Pick<ClaimedWork, 'id' | 'fence'>): Flight | undefined {
    const flight = this.#flights.get(work.id);
    return flight?.work.fence === work.fence ? flight : undefined;
  }

  end(flight: Flight): void {
    if (this.#flights.get(flight.work.id) !== flight) return;
    this.#flights.delete(flight.work.id);
    this.#held.delete(flight);
    const { slot } = flight;
    slot.inFlight--;
    const { subscription } = flight.work;
    if (slot.inFlight === 0 && slot.source === null && this.#slots.get(subscription) === slot) {
      this.#slots.delete(subscription);
    }
  }

  hold(flight: Flight): void {
    flight.holds++;
    this.#held.add(flight);
  }

  unhold(flight: Flight): void {
    flight.holds--;
    if (flight.holds === 0) this.#held.delete(flight);
  }

  held(): Iterable<Flight> {
    return this.#held;
  }

  expired(now: Millis): readonly Flight[] {
    return [...this.#flights.values()].filter((flight) => flight.leaseUntil <= now);
  }

  /** Forgets all that is in flight (after draining); sources keep their places. */
  endAll(): void {
    for (const flight of this.#flights.values()) this.end(flight);
  }
}

/** When a held lease is renewed: at half of it, so that one slow or failed renewal does not lose it. */
export function renewalOf(flight: Flight): Millis {
  return flight.leaseUntil - flight.leaseMs / 2;
}
