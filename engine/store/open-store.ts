import type { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Store } from './contract/index.ts';

export interface OpenStoreOptions {
  readonly adapter?: 'sqlite';
  /** Folder that holds the database. */
  readonly folder: string;
  readonly log: Log;
  /** The store can keep nothing any more: say why and end the process. */
  readonly onFailure?: (error: WardflowError) => void;
}

/** Opens the chosen adapter; only that one is loaded. */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { openSqliteStore } = await import('./sqlite/open.ts');
  return openSqliteStore(options);
}
