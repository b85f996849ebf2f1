/**
 * Which lanes the next free places go to. While there is less work than places, the most urgent goes first and all is
 * taken. When there is more, places are shared: each lane has a weight, and a lane whose items have waited beyond its target
 * weighs more, up to four times. So bulk never keeps stat waiting for long, and stat never stops bulk altogether. Pure.
 */
import type { Millis } from '../base/clock.ts';
import { LANES, type Lane } from '../store/contract/index.ts';

export const LANE_WEIGHTS: Readonly<Record<Lane, number>> = { stat: 8, urgent: 4, routine: 2, bulk: 1 };

/** How long an item of the lane should wait for its first delivery, at most. */
export const LANE_TARGETS: Readonly<Record<Lane, Millis>> = {
  stat: 1_000,
  urgent: 10_000,
  routine: 60_000,
  bulk: 15 * 60_000,
};

const MOST_LATE = 4;

export interface LaneRequest {
  readonly limit: number;
  /** The lane that the places belong to, then those that get what it leaves. */
  readonly lanes: readonly Lane[];
}

/** One source's places. */
export class LaneShares {
  readonly #credit = new Map<Lane, number>(LANES.map((lane) => [lane, 0]));
  readonly #late = new Map<Lane, number>(LANES.map((lane) => [lane, 1]));

  /** Places for the lanes that are open, by smooth weighted turns; nothing is lost where a lane has no work. */
  share(places: number, open: readonly Lane[]): readonly LaneRequest[] {
    const granted = new Map<Lane, number>();
    for (let place = 0; place < places && open.length > 0; place++) {
      const lane = this.#next(open);
      granted.set(lane, (granted.get(lane) ?? 0) + 1);
    }
    return open.flatMap((lane) => {
      const limit = granted.get(lane) ?? 0;
      return limit === 0 ? [] : [{ limit, lanes: [lane, ...open.filter((other) => other !== lane)] }];
    });
  }

  /** A first delivery: how long it had waited says whether its lane is late. */
  waited(lane: Lane, ms: Millis): void {
    this.#late.set(lane, Math.min(MOST_LATE, Math.max(1, ms / LANE_TARGETS[lane])));
  }

  #next(open: readonly Lane[]): Lane {
    let total = 0;
    let best: Lane | undefined;
    for (const lane of open) {
      const weight = LANE_WEIGHTS[lane] * (this.#late.get(lane) ?? 1);
      total += weight;
      this.#credit.set(lane, (this.#credit.get(lane) ?? 0) + weight);
      if (best === undefined || (this.#credit.get(lane) ?? 0) > (this.#credit.get(best) ?? 0)) best = lane;
    }
    if (best === undefined) throw new TypeError('no lane is open');
    this.#credit.set(best, (this.#credit.get(best) ?? 0) - total);
    return best;
  }
}
