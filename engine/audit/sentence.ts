import type { AuditEntry } from '../store/contract/index.ts';
import { AUDIT_SENTENCES, isAuditType } from './types.ts';

/** The record in words, for screens and exports. An unknown type (written by a newer version) is named as it is. */
export function auditSentence(entry: AuditEntry): string {
  if (!isAuditType(entry.type)) return `${entry.actor}: ${entry.type}`;
  const template: string = AUDIT_SENTENCES[entry.type];
  const value = (name: string): string | undefined => {
    const { reason, definition, details } = entry;
    const actor = actorName(entry.actor);
    const known: AuditEntry['details'] = { actor, reason: reason ?? null, definition: definition ?? null, ...details };
    const found = known[name] ?? '';
    return found === '' ? undefined : String(found);
  };
  const filled = template
    .replace(/\[([^\]]*)\]/g, (_, part: string) =>
      [...part.matchAll(/\{(\w+)\}/g)].every(([, name]) => value(name ?? '') !== undefined) ? part : '',
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => value(name) ?? '—');
  // A user name is written as it is, at the start of a sentence too.
  if (template.startsWith('{actor}') && /^(user|cli):/.test(entry.actor)) return filled;
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

/** Who, as a person would say it. */
function actorName(actor: string): string {
  const at = actor.indexOf(':');
  const name = actor.slice(at + 1);
  switch (at < 0 ? actor : actor.slice(0, at)) {
    case 'user':
      return name;
    case 'cli':
      return `${name} at the command line`;
    case 'flow':
      return `the flow “${name}”`;
    case 'ehr':
      return 'the EHR';
    case 'program':
      return `the service account “${name}”`;
    case 'system':
    case 'service':
      return 'Wardflow';
    case 'unknown':
      return 'an unknown user';
    default:
      return actor;
  }
}
