/** At most so many at once; the others wait in line, and the line has an end. */
export interface Line {
  /** A place, once there is one. `false`: the line is full, or `signal` was aborted while waiting. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Gives the place back. */
  leave(): void;
  inFlight(): number;
  waiting(): number;
}

/** `atOnce` is asked whenever a place may be given: it may change. */
export function createLine(atOnce: () => number, longest: number): Line {
  let running = 0;
  const line: (() => void)[] = [];
  const admit = (): void => {
    while (line.length > 0 && running < atOnce()) {
      running++;
      line.shift()?.();
    }
  };
  return {
    inFlight: () => running,
    waiting: () => line.length,
    async enter(signal) {
      if (signal.aborted) return false;
      if (line.length === 0 && running < atOnce()) {
        running++;
        return true;
      }
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
