import { DatabaseSync } from 'node:sqlite';

/** Holds what one process at a time may hold; ends with the process, however that ends. */
export interface Ownership {
  release(): void;
}

/**
 * Who may write the file beside a database, found out with SQLite's own locks on an empty database: the operating system takes
 * them back from a process that dies. `undefined`: somebody else has it, in this process or another.
 */
export function takeOwnership(path: string, waitMs: number): Ownership | undefined {
  const lock = new DatabaseSync(path, { timeout: waitMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return { release: () => lock.close() };
  } catch {
    lock.close();
    return undefined;
  }
}
