/** What follows when the store fails behind a part's back: it is said, and if the store is lost the process should end. */
import type { Clock, Millis } from './base/clock.ts';
import { errorName, type Log } from './base/log.ts';
import { WardflowError } from './base/errors.ts';

export interface StoreFailures {
  note(this: void, error: unknown): void;
  /** From here on the store is being closed. */
  expected(this: void): void;
}

/** A full disk fails thousands of operations a second: each code is said this often. */
const SAY_EVERY_MS = 10_000;

export function storeFailures(
  clock: Clock,
  log: Log,
  onFatal: (error: unknown) => void = () => undefined,
): StoreFailures {
  const said = new Map<string, Millis>();
  let closing = false;
  let fatal = false;

  return {
    note(error) {
      if (closing) return;
      const name = errorName(error);
      const now = clock.now();
      if (now - (said.get(name) ?? -Infinity) >= SAY_EVERY_MS) {
        said.set(name, now);
        log.error('The store failed; nothing is acknowledged or settled that is not durable.', { error });
      }
      if (fatal || !isFatal(error)) return;
      fatal = true;
      onFatal(error);
    },
    expected() {
      closing = true;
    },
  };
}

/** Full, locked and slow pass by themselves; a refused operation is that operation's fault. What is left is a lost store. */
function isFatal(error: unknown): boolean {
  return !(error instanceof WardflowError) || error.failureClass === 'ambiguous';
}
