import { actorName, auditSentence } from '../../../engine/index.ts';
import type { AuditItem } from '../../api/audit-contract.ts';
import { detail, type IndexedEntry } from './audit-index.ts';

/** An entry as the page shows it: in words, with what it is about. */
export function auditItem({ id, chain, record }: IndexedEntry): AuditItem {
  return {
    id,
    chain,
    seq: record.seq,
    hash: record.hash,
    at: record.at,
    type: record.type,
    actor: record.actor,
    who: actorName(record.actor),
    sentence: auditSentence(record),
    reason: record.reason ?? detail(record, 'reason'),
    before: detail(record, 'before') ?? detail(record, 'previous'),
    after: detail(record, 'after'),
    definition: record.definition ?? null,
    version: record.version ?? null,
    messageId: record.messageId ?? null,
    proposal: detail(record, 'proposal'),
    bundle: detail(record, 'bundle'),
  };
}
