import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { consoleErrors } from '../../errors.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Opens `<data folder>/governance/console.sqlite`, brought up to date. Low rate (logins), so it runs on the main thread;
 * every commit is flushed: a revoked session must not come back with a power cut.
 *
 * @throws `console-store-unusable`
 */
export function openDatabase(dataFolder: string): DatabaseSync {
  const folder = join(dataFolder, 'governance');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'console.sqlite');
    const database = new DatabaseSync(file, { timeout: 5000 });
    chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    migrate(database);
    return database;
  } catch (error) {
    throw consoleErrors.create('console-store-unusable', {}, { cause: error });
  }
}

function migrate(database: DatabaseSync): void {
  const done = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < done) continue;
    inTransaction(database, () => {
      if (typeof step === 'string') database.exec(step);
      else step(database);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/**
 * All or nothing; node:sqlite is synchronous, so nothing else of this process can get between. Within a transaction it joins
 * that one: a change and its audit record commit together.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
