import { DatabaseSync } from 'node:sqlite';
import { sqliteCode } from './sqlite-code.ts';

/** SQLITE_BUSY. */
const BUSY = 5;

/**
 * What one process at a time may have, by SQLite's own lock on an empty database: the operating system takes it back from a process
 * that dies, however that ends. Returns the function that gives it back; `taken`: somebody else has it, in this process or another.
 *
 * @param waitMs for somebody else, milliseconds; the thread waits
 * @throws what SQLite throws, where the file cannot be had
 */
export function takeOwnership(path: string, waitMs: number): (() => void) | 'taken' {
  const lock = new DatabaseSync(path, { timeout: waitMs });
  try {
    // No journal beside it.
    lock.exec('PRAGMA journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return () => lock.close();
  } catch (error) {
    lock.close();
    if (sqliteCode(error) === BUSY) return 'taken';
    throw error;
  }
}
