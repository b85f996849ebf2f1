import { DatabaseSync } from 'node:sqlite';
import { storeErrors } from './errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** How long a writer waits for another process's transaction before the call fails with `store-locked`. */
export const BUSY_TIMEOUT_MS = 10_000;
/** SQLite's name for the levels of `PRAGMA synchronous`. */
const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA'];

export type Settings = Readonly<Record<string, string>>;

/** Opens for writing, sets what durability needs, brings the schema up to date, and reads the settings back. */
export function openWriter(path: string): { readonly db: DatabaseSync; readonly settings: Settings } {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA cache_size = -8192');
    db.exec('PRAGMA temp_store = MEMORY');
    db.exec('PRAGMA wal_autocheckpoint = 4000');
    db.exec('PRAGMA journal_size_limit = 67108864');
    // What is rewritten or deleted leaves nothing on the page that it stood on; retention goes further (write/purge.ts).
    db.exec('PRAGMA secure_delete = FAST');
    const settings = readSettings(db);
    requireDurable(path, settings);
    migrate(db, path);
    return { db, settings };
  } catch (error) {
    db.close();
    throw error;
  }
}

export function openReader(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  db.exec('PRAGMA cache_size = -4096');
  db.exec('PRAGMA query_only = ON');
  return db;
}

export function readSettings(db: DatabaseSync): Settings {
  const read = (name: string): string => String(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  return {
    journal_mode: read('journal_mode'),
    synchronous: SYNCHRONOUS[Number(read('synchronous'))] ?? read('synchronous'),
    foreign_keys: read('foreign_keys') === '1' ? 'on' : 'off',
    busy_timeout_ms: read('busy_timeout'),
    page_size: read('page_size'),
    sqlite: String(db.prepare('SELECT sqlite_version() AS v').get()?.['v']),
  };
}

/** The start refuses rather than run with less than was promised. */
export function requireDurable(path: string, settings: Settings): void {
  const required = { journal_mode: 'wal', synchronous: 'FULL', foreign_keys: 'on' };
  for (const [setting, value] of Object.entries(required)) {
    const found = settings[setting] ?? 'unset';
    if (found !== value) throw storeErrors.create('store-not-durable', { path, setting, found, required: value });
  }
}

/** `upTo` lets a test stop at an older schema. */
export function migrate(db: DatabaseSync, path: string, upTo: number = MIGRATIONS.length): void {
  const version = (): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version() > MIGRATIONS.length) {
    throw storeErrors.create('store-schema-newer', { path, found: version(), known: MIGRATIONS.length });
  }
  for (let next = version(); next < upTo; next++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have migrated while this one waited for the lock.
      if (version() === next) {
        db.exec(MIGRATIONS[next] ?? '');
        db.exec(`PRAGMA user_version = ${next + 1}`);
      }
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}
