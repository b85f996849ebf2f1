import type { AuditEntry } from '../store/contract/index.ts';
import { AUDIT_SENTENCES, isAuditType } from './types.ts';

/** Nobody reads 64 digits; twelve tell two versions apart. */
const HASH = /^([0-9a-f]{12})[0-9a-f]{28,52}$/;

/** The record in words, for screens and exports. An unknown type (written by a newer version) is named as it is. */
export function auditSentence(entry: AuditEntry): string {
  if (!isAuditType(entry.type)) return `${entry.actor}: ${entry.type}`;
  const template: string = AUDIT_SENTENCES[entry.type];
  const value = (name: string): string | undefined => {
    const { reason = null, definition = null, version = null, details } = entry;
    const known: AuditEntry['details'] = { actor: actorName(entry.actor), reason, definition, version, ...details };
    const found = String(known[name] ?? '').replace(HASH, '$1');
    return found === '' ? undefined : found;
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

/** Who, as a person would say it: `user:ana` is ana. */
export function actorName(actor: string): string {
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
