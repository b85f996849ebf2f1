/** One engine for one data folder. Two would give back each other's claims at their start, and deliver everything twice. */
import { join } from 'node:path';
import { takeOwnership } from './base/sole-owner.ts';
import { engineErrors } from './errors.ts';

const LOCK_FILE = 'engine.lock';

/** Returns the function that gives the folder free. Throws `folder-in-use`. */
export function lockFolder(folder: string): () => void {
  const unlock = takeOwnership(join(folder, LOCK_FILE), 0);
  if (unlock === 'taken') throw engineErrors.create('folder-in-use', { path: folder });
  return unlock;
}
