import type { AuditEntry, WorkView } from '../../engine/index.ts';

/** What the audit says of a work item that a person settled. */
export function auditOfWork(
  type: string,
  at: number,
  actor: string,
  work: WorkView,
  reason: string | undefined,
  details: AuditEntry['details'],
): AuditEntry {
  return {
    at,
    type,
    actor,
    messageId: work.messageId,
    workId: work.id,
    definition: work.definition,
    details,
    ...(reason === undefined ? {} : { reason }),
  };
}
