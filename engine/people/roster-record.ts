import type { AuditEntry } from '../store/contract/index.ts';
import type { RosterChange } from './read-roster.ts';

/** What the audit trail says of a roster file that has changed for better or worse. */
export function rosterRecord(change: RosterChange, environment: string): Pick<AuditEntry, 'type' | 'details'> {
  if (change === 'usable') return { type: 'roster.mended', details: { environment } };
  if (change === 'gone') return { type: 'roster.gone', details: { environment } };
  return { type: 'roster.broken', details: { environment, because: change.reason, inForce: change.inForce ?? 'none' } };
}
