import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { WardflowError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { siblingFile } from '../../base/sibling-file.ts';
import type { Store } from '../contract/index.ts';
import { composeStore } from './compose.ts';
import type { ReadOperations } from './read/operations.ts';
import { usableFolder } from './usable-folder.ts';
import { WorkerCalls } from './worker-calls.ts';
import type { WriteOperations } from './write/operations.ts';

export interface SqliteStoreOptions {
  /** Folder of the database; made if absent. The file in it is `wardflow.db`. */
  readonly folder?: string;
  /** The file itself, instead of a folder. */
  readonly file?: string;
  /** No other store may have the file: one that is ending is waited for so long, milliseconds. Absent: others may have it. */
  readonly soleWithinMs?: number;
  readonly log: Log;
  /** A store thread has died: nothing can be kept any more, so the process should say why and exit. */
  readonly onFailure?: (error: WardflowError) => void;
  /** Messages that were answered are not in the database yet, and why; told with each attempt. */
  readonly onOwed?: (error: WardflowError) => void;
}

/** Opens (and where needed makes or migrates) the embedded store. Rejects with one catalogued error naming path and remedy. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = databasePath(options);
  const failed = (error: WardflowError): void => {
    options.log.error('The store has failed.', { part: 'store', code: error.code, path });
    options.onFailure?.(error);
  };
  const start = { path };
  const writing = { ...start, ownerWaitMs: options.soleWithinMs ?? 0 };
  const writer = await WorkerCalls.start<WriteOperations>(
    siblingFile(import.meta.url, './writer-worker'),
    writing,
    failed,
  );
  try {
    const reader = await WorkerCalls.start<ReadOperations>(
      siblingFile(import.meta.url, './reader-worker'),
      start,
      failed,
    );
    await flushFolder(dirname(path));
    if (options.onOwed) writer.calls.onOwed = options.onOwed;
    if (writer.aside !== undefined)
      options.log.warn('Messages beside the database do not follow on what it has; they were set aside.', {
        part: 'store',
        path: writer.aside,
      });
    options.log.info('The store is open.', { part: 'store', path });
    return composeStore(writer.calls, reader.calls, writer.settings);
  } catch (error) {
    await writer.calls.close();
    throw error;
  }
}

/** The names of new files in it are durable. By promises: Node's permission model refuses `fsyncSync`. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Not every system flushes folders.
  } finally {
    await handle?.close();
  }
}

function databasePath(options: SqliteStoreOptions): string {
  const given = options.file ?? (options.folder && join(options.folder, 'wardflow.db'));
  if (!given) throw new TypeError('openSqliteStore needs `folder` or `file`');
  const path = resolve(given);
  usableFolder(dirname(path));
  return path;
}
