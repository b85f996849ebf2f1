import type { WardflowError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../contract/index.ts';
import { Batches } from './batches.ts';
import { composeStore } from './compose.ts';
import { connect, hostOf } from './connection.ts';
import { appNameOf, endEarlierTransactions } from './earlier-life.ts';
import { prepareCollections } from './schema.ts';
import { storeError } from './sent-error.ts';
import { Sequences } from './sequences.ts';
import { newPlace } from './write/counts.ts';

export interface MongoStoreOptions {
  /** Connection string of a replica set; carries credentials, so it is never logged. */
  readonly url: string;
  /** Name of the database; default: the one in the URL. */
  readonly database?: string;
  /**
   * Name of this runtime, and of its audit chain; default `main`. Runtimes that share a database have one each: what an
   * earlier life of this name left open is ended.
   */
  readonly chain?: string;
  readonly log: Log;
  /** Taken so that callers need not know the adapter; MongoDB that is away comes back, so nothing is ever lost for good. */
  readonly onFailure?: (error: WardflowError) => void;
  /** Lets a test listen to the commands sent. */
  readonly onCommand?: (command: { readonly name: string; readonly body: Readonly<Record<string, unknown>> }) => void;
}

/** Opens (and where needed prepares) the store on a MongoDB replica set. Rejects with one catalogued error. */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  const { url, database, chain = 'main', log, onCommand } = options;
  const host = hostOf(url);
  const appName = appNameOf(options.chain);
  const { connection, settings } = await connect(url, {
    database,
    appName,
    monitorCommands: onCommand !== undefined,
  });
  const client = connection.getClient();
  if (onCommand) {
    client.on('commandStarted', ({ commandName, command }) => onCommand({ name: commandName, body: command }));
  }
  try {
    if (options.chain !== undefined) await endEarlierTransactions(client, appName, log);
    const collections = await prepareCollections(connection);
    const sequences = new Sequences(collections.sequences);
    const parts = { client, sequences, host };
    const writer = { collections, chain, place: newPlace(), newestMinute: '' };
    const batches = new Batches({ ...parts, writer });
    // Claims meet the other writes hardly ever, and need not wait for them.
    const claims = new Batches({ ...parts, writer: { ...writer, place: newPlace() } });
    log.info('The store is open.', { part: 'store', host });
    return composeStore({ batches, claims, collections, chain, settings, host, close: () => connection.close() });
  } catch (error) {
    await connection.close(true);
    throw storeError(error, 'open', host);
  }
}
