/** What the fake runtime has on record. */
import { chainAudit, GENESIS, type AuditRecord, type MessageSummary } from '../../engine/index.ts';
import { VERSIONS } from './synthetic-messages.ts';

export function auditRecords(messages: readonly MessageSummary[], now: number): AuditRecord[] {
  const entries: Omit<AuditRecord, 'seq' | 'previous' | 'hash'>[] = [
    { at: now - 90_000_000, type: 'runtime.started', actor: 'system', details: { version: '0.1.0' } },
    {
      at: now - 7_200_000,
      type: 'definition.deployed',
      actor: 'system',
      definition: 'critical-lab-result',
      version: VERSIONS['critical-lab-result']!,
      details: {},
    },
    { at: now - 7_199_000, type: 'definition.deployed', actor: 'user:admin', details: { tabs: 2 } },
  ];
  for (const message of messages.slice(-120)) {
    const base = { messageId: message.id, definition: message.definitions[0] ?? 'none', details: {} };
    if (message.state === 'dead')
      entries.push({
        ...base,
        at: message.stateSince,
        type: 'work.dead',
        actor: 'system',
        details: { code: 'fhir-rejected' },
      });
    else if (message.state === 'done')
      entries.push({
        ...base,
        at: message.stateSince,
        type: 'effect.done',
        actor: `flow:${base.definition}`,
        details: { effect: 'follow-up-task', target: 'ehr: create Task' },
      });
  }
  const records: AuditRecord[] = [];
  for (const entry of entries) records.push(chainAudit(entry, records.length + 1, records.at(-1)?.hash ?? GENESIS));
  return records;
}

/** GET /audit/head, and GET /audit by what is asked. */
export function auditAnswer(audit: readonly AuditRecord[], what: string, q: URLSearchParams): unknown {
  if (what === 'head') return { seq: audit.length, hash: audit.at(-1)?.hash ?? GENESIS };
  const before = Number(q.get('before') ?? Infinity);
  const rows = audit.filter(
    (one) =>
      one.seq < before &&
      one.seq > Number(q.get('after') ?? 0) &&
      (!q.has('type') || one.type === q.get('type')) &&
      (!q.has('actor') || one.actor === q.get('actor')) &&
      (!q.has('message') || one.messageId === q.get('message')) &&
      (!q.has('since') || one.at >= Number(q.get('since'))),
  );
  const ordered = q.get('order') === 'oldest-first' ? rows : rows.toReversed();
  return { records: ordered.slice(0, Number(q.get('limit') ?? 100)) };
}
