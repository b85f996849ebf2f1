/**
 * One engine for one data folder. Two would give back each other's claims at their start, and deliver everything twice.
 * The lock is SQLite's on a file of its own: the operating system drops it with the process, however that ends.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { engineErrors } from './errors.ts';

const LOCK_FILE = 'engine.lock';
/** SQLITE_BUSY. */
const BUSY = 5;

/** Returns the function that gives the folder free. Throws `folder-in-use`. */
export function lockFolder(folder: string): () => void {
  const db = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === BUSY;
    throw busy ? engineErrors.create('folder-in-use', { path: folder }, { cause: error }) : error;
  }
  return () => db.close();
}
