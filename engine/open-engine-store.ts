/** The engine's store with what belongs to it: the lock on the data folder, in whose name work is claimed, its schedules. */
import { readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AgendaBackend } from 'agenda';
import type { WardflowError } from './base/errors.ts';
import type { Log } from './base/log.ts';
import { lockFolder } from './folder-lock.ts';
import type { Store } from './store/contract/index.ts';
import { openStore } from './store/open-store.ts';
import { usableFolder } from './store/sqlite/usable-folder.ts';

/** A process that was killed lets go of its database as it ends. */
const SOLE_WITHIN_MS = 10_000;

/** Where journals and queues are kept; default: embedded in the data folder. */
export type StoreChoice =
  | { readonly adapter: 'sqlite' }
  /** Each environment has a database of its own there: the name in the URL (default `wardflow`), `_`, the environment. */
  | { readonly adapter: 'mongodb'; readonly url: string };

export interface EngineStore {
  readonly store: Store;
  /** Claims are made in this name: a restart finds those of its earlier life, and nobody else's. */
  readonly owner: string;
  /** Where schedules are kept. */
  readonly schedules: () => Promise<AgendaBackend>;
  unlock(): void;
}

export interface EngineStoreOptions {
  readonly choice: StoreChoice;
  readonly environment: string;
  readonly folder: string;
  readonly log: Log;
  readonly onFailure: (error: WardflowError) => void;
  /** Messages that were answered are not kept where they belong yet, and why. */
  readonly onOwed: (error: WardflowError) => void;
}

export function openEngineStore(options: EngineStoreOptions): Promise<EngineStore> {
  return options.choice.adapter === 'mongodb' ? onMongodb(options, options.choice.url) : embedded(options);
}

async function embedded({ environment, folder, log, onFailure, onOwed }: EngineStoreOptions): Promise<EngineStore> {
  usableFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const store = await openStore({ folder, soleWithinMs: SOLE_WITHIN_MS, log, onFailure, onOwed });
    const schedules = async (): Promise<AgendaBackend> => {
      const { sqliteBackend } = await import('./schedule/agenda/sqlite-backend.ts');
      return sqliteBackend(join(folder, 'schedules.db'));
    };
    return { store, owner: environment, schedules, unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function onMongodb(options: EngineStoreOptions, url: string): Promise<EngineStore> {
  const { environment, folder, log, onFailure } = options;
  usableFolder(folder);
  const unlock = lockFolder(folder);
  try {
    // Runtimes that share the database have data folders of their own, and so names of their own.
    const owner = `${environment}/${await instanceName(folder)}`;
    const at = environmentUrl(url, environment);
    const store = await openStore({ adapter: 'mongodb', url: at, chain: owner, log, onFailure });
    const schedules = async (): Promise<AgendaBackend> => {
      const { mongoBackend } = await import('./schedule/agenda/mongo-backend.ts');
      return mongoBackend(at);
    };
    return { store, owner, schedules, unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The connection string with the environment's own database. The options of the original are kept as they are. */
export function environmentUrl(url: string, environment: string): string {
  const match = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(\?.*)?$/s.exec(url.trim());
  if (!match) return url;
  const [, servers = '', database = '', options = ''] = match;
  return `${servers}/${database === '' ? 'wardflow' : database}_${environment}${withAuthSource(options, database, servers)}`;
}

/** Without `authSource` a user is looked for in the database that the URL names: that must stay the one it named. */
function withAuthSource(options: string, database: string, servers: string): string {
  if (!servers.includes('@') || /[?&]authSource=/i.test(options)) return options;
  const source = `authSource=${database === '' ? 'admin' : database}`;
  return options === '' || options === '?' ? `?${source}` : `${options}&${source}`;
}

/** Made at the first start, kept in the data folder. By promises: Node's permission model refuses `fsyncSync`. */
async function instanceName(folder: string): Promise<string> {
  const file = join(folder, 'instance');
  try {
    const known = (await readFile(file, 'utf8')).trim();
    if (/^[0-9a-f]{12}$/.test(known)) return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const name = randomBytes(6).toString('hex');
  await writeFile(file, `${name}\n`, { mode: 0o600, flush: true });
  return name;
}
