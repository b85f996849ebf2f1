import { DatabaseSync } from 'node:sqlite';
import type { AgendaBackend } from 'agenda';
import { Sql } from '../../store/sqlite/sql.ts';
import { JOB_SCHEMA, SqliteJobRepository } from './sqlite-job-repository.ts';

const BUSY_TIMEOUT_MS = 5000;

/**
 * Agenda's storage when embedded: a file of its own, so that its few writes never wait for the journal's. A schedule that
 * a power cut takes back runs once more or a little later, so commits are not flushed one by one.
 */
export function sqliteBackend(file: string): AgendaBackend {
  const db = open(file);
  return backendOn(db, () => {
    if (db.isOpen) db.close();
  });
}

export interface ScheduleFile {
  /** Each is over the one connection, and leaves it open. */
  backend(): AgendaBackend;
  close(): void;
}

/**
 * Opens the file at once and keeps it open: schedules start when flows run, and a confined runtime opens no database then.
 * A file that cannot be opened is told by `backend`.
 */
export function openScheduleFile(file: string): ScheduleFile {
  let db: DatabaseSync | undefined;
  const opened = (): DatabaseSync => (db ??= open(file));
  try {
    opened();
  } catch {
    // The schedules say so when they start; the engine runs without them meanwhile.
  }
  return { backend: () => backendOn(opened(), () => undefined), close: () => db?.close() };
}

function open(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec(JOB_SCHEMA);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function backendOn(db: DatabaseSync, disconnect: () => void): AgendaBackend {
  return {
    name: 'SQLite',
    repository: new SqliteJobRepository(new Sql(db)),
    ownsConnection: true,
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(disconnect()),
  };
}
