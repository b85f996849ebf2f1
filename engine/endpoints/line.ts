/**
 * At most so many at once; the others wait in line by lane, and each lane's line has an end. Free places go to the lanes in
 * turn by their weight, in order within a lane: bulk never keeps stat waiting for long, and stat never stops bulk.
 */
import { LaneShares } from '../queue/lanes.ts';
import { LANES, type Lane } from '../store/contract/index.ts';

export interface Line {
  /** A place, once there is one. `false`: the lane's line is full, or `signal` was aborted while waiting. */
  enter(signal: AbortSignal, lane: Lane): Promise<boolean>;
  /** Gives the place back. */
  leave(): void;
  inFlight(): number;
  waiting(): number;
}

/** `atOnce` is asked whenever a place may be given: it may change. `longest` is of one lane. */
export function createLine(atOnce: () => number, longest: number): Line {
  let running = 0;
  const lines = new Map<Lane, (() => void)[]>(LANES.map((lane) => [lane, []]));
  const lineOf = (lane: Lane): (() => void)[] => lines.get(lane) ?? [];
  const shares = new LaneShares();
  const waiting = (): number => LANES.reduce((sum, lane) => sum + lineOf(lane).length, 0);
  const next = (): (() => void) | undefined => {
    const [first] = shares.share(
      1,
      LANES.filter((lane) => lineOf(lane).length > 0),
    );
    return first?.lanes[0] && lineOf(first.lanes[0]).shift();
  };
  const admit = (): void => {
    while (running < atOnce()) {
      const take = next();
      if (!take) return;
      running++;
      take();
    }
  };
  return {
    inFlight: () => running,
    waiting,
    async enter(signal, lane) {
      if (signal.aborted) return false;
      if (running < atOnce() && waiting() === 0) {
        running++;
        return true;
      }
      const line = lineOf(lane);
      if (line.length >= longest) return false;
      return new Promise((resolve) => {
        const take = (): void => {
          signal.removeEventListener('abort', leave);
          resolve(true);
        };
        const leave = (): void => {
          line.splice(line.indexOf(take), 1);
          resolve(false);
        };
        signal.addEventListener('abort', leave, { once: true });
        line.push(take);
      });
    },
    leave() {
      running--;
      admit();
    },
  };
}
