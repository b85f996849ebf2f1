import type { DatabaseSync } from 'node:sqlite';
import {
  chainAudit,
  GENESIS,
  verifyAudit,
  type AuditEntry,
  type AuditRecord,
  type AuditVerdict,
  type Clock,
} from '../../engine/index.ts';
import { inTransaction } from './store/database.ts';

type Details = AuditEntry['details'];

/**
 * What happened at the console itself (logins, refusals, sessions); what is done to messages is in the runtime's audit.
 * The same chain as the runtime's, so that one verifier serves both.
 */
export interface AuditTrail {
  append(type: string, actor: string, details?: Details): void;
  list(query: { readonly before?: number; readonly limit?: number }): readonly AuditRecord[];
  verify(): Promise<AuditVerdict>;
}

export function auditTrailIn(database: DatabaseSync, clock: Clock): AuditTrail {
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)');
  const newestFirst = database.prepare('SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const oldestFirst = database.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  return {
    append(type, actor, details = {}) {
      inTransaction(database, () => {
        const head = last.get();
        const entry: AuditEntry = { at: clock.now(), type, actor, details };
        const record = chainAudit(entry, Number(head?.['seq'] ?? 0) + 1, String(head?.['hash'] ?? GENESIS));
        const { seq, at, previous, hash } = record;
        insert.run(seq, at, type, actor, JSON.stringify(details), previous, hash);
      });
    },
    list: ({ before = Number.MAX_SAFE_INTEGER, limit = 100 }) => newestFirst.all(before, limit).map(recordOf),
    verify: () =>
      verifyAudit({
        list: ({ after = 0, limit = 1000 }) => Promise.resolve(oldestFirst.all(after, limit).map(recordOf)),
      }),
  };
}

function recordOf(row: Readonly<Record<string, unknown>>): AuditRecord {
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    type: String(row['type']),
    actor: String(row['actor']),
    details: JSON.parse(String(row['details'])) as Details,
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}
