/**
 * What a runtime that died in the middle of a transaction left behind: the server keeps such a transaction, and all that
 * it has written locked, until it is a minute old (`transactionLifetimeLimitSeconds`). A restart would accept nothing
 * until then.
 */
import type { mongo } from 'mongoose';
import { errorName, type Log } from '../../base/log.ts';

/** Tells the connections of one runtime, in all its lives, from those of any other; 128 bytes at most. */
export function appNameOf(runtime: string | undefined): string {
  return runtime === undefined ? 'wardflow' : `wardflow ${runtime}`.slice(0, 128);
}

/** Ends transactions that were begun in this name. Called before this life begins its first; only one life runs at a time. */
export async function endEarlierTransactions(client: mongo.MongoClient, appName: string, log: Log): Promise<void> {
  const admin = client.db('admin');
  try {
    // Without `allUsers` no privilege is needed: one sees, and may end, what is one's own.
    const left = (await admin
      .aggregate(
        [
          { $currentOp: { allUsers: false, idleSessions: true } },
          { $match: { appName, transaction: { $exists: true } } },
        ],
        // What the server does now is nothing that a majority could agree on: it refuses to be asked so.
        { readConcern: { level: 'local' }, promoteBuffers: false },
      )
      .toArray()) as { readonly lsid: { readonly id: mongo.Binary } }[];
    if (left.length === 0) return;
    await admin.command({ killSessions: left.map(({ lsid: { id } }) => ({ id })) });
    log.info('Transactions that an earlier life left open were ended.', { part: 'store', count: left.length });
  } catch (error) {
    // They end by themselves; until then what they hold is refused, and tried again.
    log.warn('Transactions of an earlier life could not be looked for.', { part: 'store', code: errorName(error) });
  }
}
