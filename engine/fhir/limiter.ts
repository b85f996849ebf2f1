/** At most so many at once; the others wait in line, and the line has an end. */
export interface Limiter {
  /** Runs `task` when a place is free. `undefined`: the line is full, or `signal` was aborted while waiting. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<{ readonly value: T } | undefined>;
  inFlight(): number;
}

export function createLimiter(atOnce: number, longestLine: number): Limiter {
  let running = 0;
  const line: (() => void)[] = [];
  const place = async (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return false;
    if (running < atOnce) {
      running++;
      return true;
    }
    if (line.length >= longestLine) return false;
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
  };
  const free = (): void => {
    const next = line.shift();
    if (next) next();
    else running--;
  };
  return {
    inFlight: () => running,
    async run(task, signal) {
      if (!(await place(signal))) return undefined;
      try {
        return { value: await task() };
      } finally {
        free();
      }
    },
  };
}
