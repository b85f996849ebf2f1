/** What follows when the store fails behind a part's back: it is said, and if the store is lost the process should end. */
import type { Clock, Millis } from './base/clock.ts';
import { errorName, type Log } from './base/log.ts';
import { WardflowError } from './base/errors.ts';

/** Why nothing can be kept at the moment. */
export interface StoreTrouble {
  /** Catalogue code, e.g. `store-disk-full`. */
  readonly code: string;
  /** What is wrong and what to do about it. */
  readonly text: string;
  /** First and latest failed operation since something was last kept. */
  readonly since: Millis;
  readonly lastAt: Millis;
  readonly count: number;
}

export interface StoreFailures {
  note(this: void, error: unknown): void;
  /** Something was kept: whatever was wrong is over. */
  kept(this: void): void;
  /** `null` while nothing failed since something was last kept. */
  trouble(this: void): StoreTrouble | null;
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
  let trouble: StoreTrouble | null = null;
  let closing = false;
  let fatal = false;

  return {
    note(error) {
      if (closing) return;
      const name = errorName(error);
      const now = clock.now();
      const why = error instanceof WardflowError ? ` ${error.message} ${error.remedy}` : '';
      if (!isOfTheOperation(error)) {
        const { since = now, count = 0 } = trouble ?? {};
        trouble = { code: name, text: why.trim() || name, since, lastAt: now, count: count + 1 };
      }
      if (now - (said.get(name) ?? -Infinity) >= SAY_EVERY_MS) {
        said.set(name, now);
        log.error(`The store failed; nothing is acknowledged or settled that is not durable.${why}`, { error });
      }
      if (fatal || !isFatal(error)) return;
      fatal = true;
      onFatal(error);
    },
    kept() {
      if (trouble === null) return;
      const { code, count, since } = trouble;
      trouble = null;
      said.clear();
      log.info('The store keeps again what it is given.', { code, count, ms: clock.now() - since });
    },
    trouble: () => trouble,
    expected() {
      closing = true;
    },
  };
}

/** Full, locked and slow pass by themselves; a refused operation is that operation's fault. What is left is a lost store. */
function isFatal(error: unknown): boolean {
  return !(error instanceof WardflowError) || error.failureClass === 'ambiguous';
}

const isOfTheOperation = (error: unknown): boolean =>
  error instanceof WardflowError && error.failureClass === 'permanent';
