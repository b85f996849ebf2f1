import type { DatabaseSync } from 'node:sqlite';
import {
  chainAudit,
  GENESIS,
  verifyAudit,
  type AuditEntry,
  type AuditQuery,
  type AuditRecord,
  type AuditType,
  type AuditVerdict,
  type Clock,
} from '../../engine/index.ts';
import { inTransaction } from './store/database.ts';

type Details = AuditEntry['details'];

/** What a record is about, beside its details. */
export type AuditSubject = Pick<AuditEntry, 'messageId' | 'definition' | 'version' | 'reason'>;

/**
 * What happened at the console itself (logins, accounts, proposals, releases); what is done to messages is in the runtime's
 * audit. The same chain as the runtime's, so that one verifier serves both.
 */
export interface AuditTrail {
  /** Within a transaction of the caller it commits with it. A type without a sentence does not compile. */
  append(type: AuditType, actor: string, details?: Details, subject?: AuditSubject): void;
  list(query: Pick<AuditQuery, 'after' | 'before' | 'limit' | 'order'>): readonly AuditRecord[];
  head(): { readonly seq: number; readonly hash: string };
  verify(): Promise<AuditVerdict>;
}

export function auditTrailIn(database: DatabaseSync, clock: Clock): AuditTrail {
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const insert = database.prepare(
    'INSERT INTO audit (seq, at, type, actor, message_id, definition, version, details, reason, previous, hash) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const within = 'SELECT * FROM audit WHERE seq > ? AND seq < ? ORDER BY seq';
  const newestFirst = database.prepare(`${within} DESC LIMIT ?`);
  const oldestFirst = database.prepare(`${within} LIMIT ?`);
  const head = (): { readonly seq: number; readonly hash: string } => {
    const row = last.get();
    return { seq: Number(row?.['seq'] ?? 0), hash: String(row?.['hash'] ?? GENESIS) };
  };
  const list: AuditTrail['list'] = ({ after = 0, before = Number.MAX_SAFE_INTEGER, limit = 100, order }) =>
    (order === 'oldest-first' ? oldestFirst : newestFirst).all(after, before, limit).map(recordOf);
  return {
    append(type, actor, details = {}, subject = {}) {
      inTransaction(database, () => {
        const { seq: newest, hash: previous } = head();
        const record = chainAudit({ at: clock.now(), type, actor, ...subject, details }, newest + 1, previous);
        insert.run(
          record.seq,
          record.at,
          type,
          actor,
          record.messageId ?? null,
          record.definition ?? null,
          record.version ?? null,
          JSON.stringify(details),
          record.reason ?? null,
          record.previous,
          record.hash,
        );
      });
    },
    list,
    head,
    verify: () => verifyAudit({ list: (query) => Promise.resolve(list(query)) }),
  };
}

/** Columns without a value are absent members: the hash is over the record as it was appended. */
function recordOf(row: Readonly<Record<string, unknown>>): AuditRecord {
  const text = (column: string, name: keyof AuditSubject): Partial<AuditSubject> =>
    typeof row[column] === 'string' ? { [name]: row[column] } : {};
  return {
    seq: Number(row['seq']),
    at: Number(row['at']),
    type: String(row['type']),
    actor: String(row['actor']),
    ...text('message_id', 'messageId'),
    ...text('definition', 'definition'),
    ...text('version', 'version'),
    details: JSON.parse(String(row['details'])) as Details,
    ...text('reason', 'reason'),
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}
