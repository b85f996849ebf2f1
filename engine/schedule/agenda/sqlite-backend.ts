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
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec(JOB_SCHEMA);
  } catch (error) {
    db.close();
    throw error;
  }
  const repository = new SqliteJobRepository(new Sql(db));
  return {
    name: 'SQLite',
    repository,
    ownsConnection: true,
    connect: () => Promise.resolve(),
    disconnect: () => {
      if (db.isOpen) db.close();
      return Promise.resolve();
    },
  };
}
