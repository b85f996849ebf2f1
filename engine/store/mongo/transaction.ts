/**
 * One transaction, repeated while MongoDB says that repeating is safe: write conflicts with another writer, an election,
 * a commit whose outcome is not known (commits are idempotent by the session's transaction number).
 */
import type { mongo } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';

const OPTIONS = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', j: true },
  readPreference: 'primary',
} as const;

/** After this the caller hears that it was not confirmed. Longer than an election with all its time-outs. */
export const GIVE_UP_AFTER_MS = 45_000;
const LONGEST_PAUSE_MS = 250;

/** The outcome of a commit stayed unknown. */
export class UnconfirmedCommit extends Error {}

/** `work` gives whether there is something to commit. It may run several times. */
export async function inTransaction(
  session: mongo.ClientSession,
  work: () => Promise<boolean>,
  giveUpAfterMs: number = GIVE_UP_AFTER_MS,
): Promise<void> {
  const until = performance.now() + giveUpAfterMs;
  for (let tries = 0; ; tries++) {
    try {
      session.startTransaction(OPTIONS);
      if (await work()) await commit(session, until);
      else await session.abortTransaction();
      return;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      if (!repeatable(error) || performance.now() > until) throw error;
      // Two writers that met once would meet again without jitter.
      await sleep(Math.random() * Math.min(2 ** Math.min(tries, 10), LONGEST_PAUSE_MS));
    }
  }
}

async function commit(session: mongo.ClientSession, until: number): Promise<void> {
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!labelled(error, 'UnknownTransactionCommitResult')) throw error;
      if (performance.now() > until) throw new UnconfirmedCommit('', { cause: error });
      await sleep(20);
    }
  }
}

function labelled(error: unknown, label: string): boolean {
  const has = (error as { hasErrorLabel?: unknown }).hasErrorLabel;
  return typeof has === 'function' && (error as mongo.MongoError).hasErrorLabel(label);
}

/** Nothing of the transaction was kept, and it may succeed the next time. */
function repeatable(error: unknown): boolean {
  return labelled(error, 'TransientTransactionError');
}

/**
 * A member that is not, or no more, the primary, is shutting down, or could not reach the others: the retryable codes of
 * the driver specification "Retryable Reads".
 */
const AWAY = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 24, 50, 64]);
/** The driver's own complaints about how it is used. */
const MISUSE = new Set([
  'MongoInvalidArgumentError',
  'MongoAPIError',
  'MongoParseError',
  'MongoMissingDependencyError',
]);

/** MongoDB could not be asked or did not answer: nothing is wrong with the operation. */
export function unreachable(error: unknown): boolean {
  if (error instanceof UnconfirmedCommit || repeatable(error)) return true;
  if (labelled(error, 'RetryableWriteError') || labelled(error, 'UnknownTransactionCommitResult')) return true;
  const { name = '', code } = error as { name?: string; code?: unknown };
  if (typeof code === 'number') return AWAY.has(code);
  return (name.startsWith('Mongo') || name.startsWith('PoolCleared')) && !MISUSE.has(name);
}
