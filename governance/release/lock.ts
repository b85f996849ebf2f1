/** One writer at a time in a folder of releases or of trust: a lock that the system frees when its holder dies. */
import { join } from 'node:path';
import { errorName, makeFolder, takeOwnership } from '../../engine/index.ts';
import { releaseErrors } from './errors.ts';

const AGAIN_MS = 50;
const WAIT_MS = 10_000;

/**
 * Does the work while holding the lock; a second one waits.
 * @throws `release-in-progress` after 10 s; `release-unwritable`
 */
export async function whileLocked<T>(folder: string, environment: string, work: () => Promise<T>): Promise<T> {
  let giveBack = tried(folder, environment);
  for (let waited = 0; giveBack === 'taken'; waited += AGAIN_MS) {
    if (waited >= WAIT_MS) throw releaseErrors.create('release-in-progress', { environment });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    giveBack = tried(folder, environment);
  }
  try {
    return await work();
  } finally {
    giveBack();
  }
}

function tried(folder: string, environment: string): ReturnType<typeof takeOwnership> {
  try {
    makeFolder(folder);
    return takeOwnership(join(folder, '.lock'), 0);
  } catch (error) {
    throw releaseErrors.create(
      'release-unwritable',
      { environment, folder, reason: errorName(error) },
      { cause: error },
    );
  }
}
