import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { AuditEntry, AuditRecord } from '../store/contract/index.ts';

/** What the first record names as the one before it. */
export const GENESIS = '0'.repeat(64);

/** SHA-256, hex, over the RFC 8785 form of the record without its own hash. */
export function recordHash(record: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(record)).digest('hex');
}

/** The next record of a chain; members that are absent stay absent, so that reading back gives the same hash. */
export function chain(entry: AuditEntry, seq: number, previous: string): AuditRecord {
  const unsigned: Omit<AuditRecord, 'hash'> = {
    seq,
    previous,
    at: Math.ceil(entry.at),
    type: entry.type,
    actor: entry.actor,
    ...(entry.messageId === undefined ? {} : { messageId: entry.messageId }),
    ...(entry.workId === undefined ? {} : { workId: entry.workId }),
    ...(entry.definition === undefined ? {} : { definition: entry.definition }),
    ...(entry.version === undefined ? {} : { version: entry.version }),
    details: entry.details,
    ...(entry.reason === undefined ? {} : { reason: entry.reason }),
  };
  return { ...unsigned, hash: recordHash(unsigned) };
}
