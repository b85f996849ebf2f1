/** One writer at a time in a folder of releases or of trust: a lock that the system frees when its holder dies. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorName, makeFolder } from '../../engine/index.ts';
import { releaseErrors } from './errors.ts';

const AGAIN_MS = 50;
const WAIT_MS = 10_000;

/**
 * Does the work while holding the lock; a second one waits.
 * @throws `release-in-progress` after 10 s; `release-unwritable`
 */
export async function whileLocked<T>(folder: string, environment: string, work: () => Promise<T>): Promise<T> {
  const database = opened(folder, environment);
  try {
    // An empty database's exclusive transaction: a lock of the file system, which no crash leaves behind.
    for (let waited = 0; !taken(database); waited += AGAIN_MS) {
      if (waited >= WAIT_MS) throw releaseErrors.create('release-in-progress', { environment });
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    return await work();
  } finally {
    database.close();
  }
}

function opened(folder: string, environment: string): DatabaseSync {
  try {
    makeFolder(folder);
    return new DatabaseSync(join(folder, '.lock'), { timeout: 0 });
  } catch (error) {
    throw releaseErrors.create(
      'release-unwritable',
      { environment, folder, reason: errorName(error) },
      { cause: error },
    );
  }
}

function taken(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const busy = typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === 5;
    if (!busy) throw error;
    return false;
  }
}
