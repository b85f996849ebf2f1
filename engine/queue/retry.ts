/**
 * What follows a failed attempt, by its class (ARCHITECTURE, States):
 * - transient: exponential back-off with full jitter, up to the lane's attempts and deadline
 * - throttled: as long as told (Retry-After); uses up no attempt, and the deadline still holds, unless an operator has
 *   stopped what it waits for: then no time runs
 * - ambiguous: like transient, since effects look before they repeat
 * - permanent: a dead letter now
 */
import type { Millis } from '../base/clock.ts';
import type { ClaimedWork, Failure, Lane, Settlement } from '../store/contract/index.ts';

export interface RetryPolicy {
  /** Upper bound of the first wait; doubles with each attempt. */
  readonly baseMs: Millis;
  /** Upper bound of any wait. */
  readonly capMs: Millis;
  /** Attempts that count, the first included. */
  readonly attempts: number;
  /** After the first delivery; what fails later than this is not tried again. */
  readonly deadlineMs: Millis;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Sized so that the deadline, not the count, ends an outage of the other side: the more urgent, the sooner a person is
 * asked. Full jitter waits half the cap on average, so `attempts` is about deadline / (cap / 2), and a little more.
 */
export const RETRY_POLICIES: Readonly<Record<Lane, RetryPolicy>> = {
  stat: { baseMs: 500, capMs: 20 * SECOND, attempts: 200, deadlineMs: 30 * MINUTE },
  urgent: { baseMs: SECOND, capMs: MINUTE, attempts: 260, deadlineMs: 2 * HOUR },
  routine: { baseMs: 2 * SECOND, capMs: 5 * MINUTE, attempts: 240, deadlineMs: 8 * HOUR },
  bulk: { baseMs: 5 * SECOND, capMs: 15 * MINUTE, attempts: 240, deadlineMs: 24 * HOUR },
};

/** No server's Retry-After is believed beyond this: a mistake there must not park work for years. */
const LONGEST_TOLD_WAIT = HOUR;

export type FailedWork = Pick<ClaimedWork, 'lane' | 'countedAttempts' | 'firstDeliveredAt'>;

/**
 * `random` gives numbers in [0, 1). `work.countedAttempts` includes the attempt that has just failed.
 */
export function settlementAfter(
  failure: Failure,
  work: FailedWork,
  now: Millis,
  random: () => number,
  policies: Readonly<Record<Lane, RetryPolicy>> = RETRY_POLICIES,
): Settlement {
  const policy = policies[work.lane];
  const late = now - work.firstDeliveredAt >= policy.deadlineMs;
  switch (failure.class) {
    case 'permanent':
      return { kind: 'dead', failure };
    case 'throttled': {
      const held = failure.waitsFor?.held === true;
      if (late && !held) return givenUp(failure, work.countedAttempts);
      const told = Math.min(failure.retryAfterMs ?? policy.capMs, LONGEST_TOLD_WAIT);
      // Never earlier than told, and spread a little: all that were told the same moment would come at once.
      const at = now + told + Math.floor(random() * policy.baseMs);
      return { kind: 'retry', at, counts: false, failure, ...(held && { anew: true }) };
    }
    case 'transient':
    case 'ambiguous': {
      if (late || work.countedAttempts >= policy.attempts) return givenUp(failure, work.countedAttempts);
      return { kind: 'retry', at: now + backOff(policy, work.countedAttempts, random), counts: true, failure };
    }
    default:
      return never(failure.class);
  }
}

/** Full jitter: anything between nothing and the doubled base, so that those who failed together do not return together. */
function backOff(policy: RetryPolicy, attempts: number, random: () => number): Millis {
  // Beyond 2^30 the product leaves the range in which the cap is the smaller one for any sensible base.
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30));
  return Math.floor(random() * bound);
}

/** The cause keeps its code, since people look for it by that; the text says that it is over. */
function givenUp(failure: Failure, attempts: number): Settlement {
  return { kind: 'dead', failure: { ...failure, text: `${failure.text} Given up after ${attempts} attempts.` } };
}

function never(value: never): never {
  throw new TypeError(`not a failure class: ${String(value)}`);
}
