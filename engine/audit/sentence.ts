import type { AuditEntry } from '../store/contract/index.ts';
import { AUDIT_SENTENCES, isAuditType } from './types.ts';

/** The record in words, for screens and exports. An unknown type (written by a newer version) is named as it is. */
export function auditSentence(entry: AuditEntry): string {
  if (!isAuditType(entry.type)) return `${entry.actor}: ${entry.type}`;
  const value = (name: string): string | undefined => {
    const { actor, reason, definition, details } = entry;
    const known: AuditEntry['details'] = { actor, reason: reason ?? null, definition: definition ?? null, ...details };
    const found = known[name] ?? '';
    return found === '' ? undefined : String(found);
  };
  const filled = AUDIT_SENTENCES[entry.type]
    .replace(/\[([^\]]*)\]/g, (_, part: string) =>
      [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => value(name ?? '') !== undefined) ? part : '',
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => value(name) ?? '—');
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}
