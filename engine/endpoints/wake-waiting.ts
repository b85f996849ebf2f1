/**
 * Brings what waits for an endpoint forward when it can be called again: a few at first, then more as long as there are
 * more. All at once would be the next outage.
 */
import type { Clock } from '../base/clock.ts';
import type { WorkQueue } from '../store/contract/index.ts';

export interface WakeWaitingOptions {
  readonly work: Pick<WorkQueue, 'hasten'>;
  readonly clock: Clock;
  /** Something may be claimable now. */
  readonly wake: () => void;
  readonly onStoreFailure: (error: unknown) => void;
}

export interface WakeWaiting {
  /** So many may come now; 0: no more. One alone is a probe: no others follow it. */
  ready(endpoint: string, places: number): void;
  stop(): void;
}

const NEXT_MS = 200;
const MOST_AT_ONCE = 1_000;

export function wakeWaiting({ work, clock, wake, onStoreFailure }: WakeWaitingOptions): WakeWaiting {
  /** By endpoint: ends the round before. */
  const rounds = new Map<string, () => void>();
  let stopped = false;

  async function round(endpoint: string, places: number): Promise<void> {
    try {
      const woken = await work.hasten(endpoint, clock.now(), places);
      if (woken > 0) wake();
      if (stopped || woken < places || places === 1) return;
      const next = Math.min(places * 2, MOST_AT_ONCE);
      rounds.set(
        endpoint,
        clock.at(clock.now() + NEXT_MS, () => void round(endpoint, next)),
      );
    } catch (error) {
      // It comes by itself when its time is over.
      onStoreFailure(error);
    }
  }

  return {
    ready(endpoint, places) {
      rounds.get(endpoint)?.();
      rounds.delete(endpoint);
      if (!stopped && places > 0) void round(endpoint, places);
    },
    stop() {
      stopped = true;
      for (const cancel of rounds.values()) cancel();
    },
  };
}
