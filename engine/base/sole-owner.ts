import { DatabaseSync } from 'node:sqlite';

/** Holds what one process at a time may hold; ends with the process, however that ends. */
export interface Ownership {
  release(): void;
}

/** SQLITE_BUSY. */
const BUSY = 5;

/**
 * Who may write the file beside a database, found out with SQLite's own locks on an empty database: the operating system takes
 * them back from a process that dies. `taken`: somebody else has it, in this process or another. Throws where none can be had.
 */
export function takeOwnership(path: string, waitMs: number): Ownership | 'taken' {
  const lock = new DatabaseSync(path, { timeout: waitMs });
  try {
    // No journal beside it.
    lock.exec('PRAGMA journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => lock.close() };
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return 'taken';
    throw error;
  }
}
