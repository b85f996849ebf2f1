import type { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Store } from './contract/index.ts';

interface AnyStoreOptions {
  readonly log: Log;
  /** The store can keep nothing any more: say why and end the process. */
  readonly onFailure?: (error: WardflowError) => void;
}

export interface OpenSqliteOptions extends AnyStoreOptions {
  readonly adapter?: 'sqlite';
  /** Folder that holds the database. */
  readonly folder: string;
  /** No other store may have it: one that is ending is waited for so long, milliseconds. */
  readonly soleWithinMs?: number;
  /** Messages that were answered are not in the database yet, and why. */
  readonly onOwed?: (error: WardflowError) => void;
}

export interface OpenMongoOptions extends AnyStoreOptions {
  readonly adapter: 'mongodb';
  /** Connection string of a replica set; carries credentials. */
  readonly url: string;
  /** Name of the database; default: the one in the URL. */
  readonly database?: string;
  /** Name of this runtime's audit chain. */
  readonly chain?: string;
}

export type OpenStoreOptions = OpenSqliteOptions | OpenMongoOptions;

/** Opens the chosen adapter; only that one is loaded. */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  if (options.adapter === 'mongodb') {
    const { openMongoStore } = await import('./mongo/open.ts');
    return openMongoStore(options);
  }
  const { openSqliteStore } = await import('./sqlite/open.ts');
  return openSqliteStore(options);
}
