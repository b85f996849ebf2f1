import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { AuditLog } from '../contract/index.ts';
import { auditHead, listAudit } from './read/clinical.ts';
import { Sql } from './sql.ts';

export interface AuditFile extends Pick<AuditLog, 'list' | 'head'> {
  close(): void;
}

/**
 * The audit chain of an embedded store's file, read without a runtime and without changing anything: for whoever has a
 * data folder, or a copy of one, and nothing that runs on it. Throws the system's error where it is no such file.
 */
export function openAuditFile(file: string): AuditFile {
  let database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    database.prepare('SELECT 1 FROM audit LIMIT 1').get();
  } catch {
    // On a medium that cannot be written, SQLite cannot make the index of the write-ahead log beside the file.
    database.close();
    const url = pathToFileURL(file);
    url.search = '?immutable=1';
    database = new DatabaseSync(url, { readOnly: true });
    database.prepare('SELECT 1 FROM audit LIMIT 1').get();
  }
  const sql = new Sql(database);
  return {
    list: (query) => Promise.resolve(listAudit(sql, query)),
    head: () => Promise.resolve(auditHead(sql)),
    close: () => database.close(),
  };
}
