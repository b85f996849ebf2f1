/** The contract's records, made from documents. */
import type { AuditRecord, EffectRecord, Escalation } from '../../contract/index.ts';
import type { AuditDoc, EffectDoc, EscalationDoc } from '../documents.ts';
import { fromJson } from '../values.ts';

export function escalationFrom(document: EscalationDoc): Escalation {
  return {
    ...(JSON.parse(document.record) as Escalation),
    state: document.state,
    nextStep: document.nextStep,
    nextAt: document.nextAt ?? null,
    endedAt: document.endedAt ?? null,
    endedBy: fromJson(document.endedBy) as Escalation['endedBy'],
  };
}

/** An effect in flight of an owner that is not `ours` belongs to another life: it may have happened. */
export function effectFrom(document: EffectDoc, ours: (owner: string) => boolean): EffectRecord {
  const lost = document.state === 'in-flight' && !ours(document.owner);
  return {
    key: document._id,
    messageId: document.messageId,
    workId: document.workId,
    name: document.name,
    definition: document.definition,
    target: document.target,
    discriminator: document.discriminator,
    version: document.version,
    state: lost ? 'ambiguous' : document.state,
    startedAt: document.startedAt,
    endedAt: document.endedAt ?? null,
    tries: document.tries,
    result: fromJson(document.result),
    summary: document.summary ?? null,
    failure: document.failure ?? null,
  };
}

/** All that is kept but what the collection needs, so that a member that was added to a record shows as a changed hash. */
export function auditFrom(document: AuditDoc): AuditRecord {
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => name !== '_id' && name !== 'chain'),
  ) as unknown as AuditRecord;
}
