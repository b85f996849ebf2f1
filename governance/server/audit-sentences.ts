import { AUDIT_SENTENCES, auditSentence, type AuditEntry } from '../../engine/index.ts';

/** What the console's own trail says beyond the runtime's types. */
const OWN: Readonly<Record<string, string>> = {
  'session.login-refused': 'A login as {actor} was refused.',
  'session.login-locked': 'Logins as {actor} are locked for a while.',
  'account.password-changed': '{actor} changed the password.',
};

/** The types that records can be filtered by. */
export const AUDIT_TYPES: readonly string[] = Object.keys(AUDIT_SENTENCES).toSorted();

/** A record in words, with its actor as a person would say it. */
export function sentenceOf(record: AuditEntry): string {
  const actor = actorName(record.actor);
  // A flow's note is written as `text`.
  const details =
    record.type === 'flow.noted' ? { note: record.details['text'] ?? null, ...record.details } : record.details;
  return OWN[record.type]?.replace('{actor}', actor) ?? auditSentence({ ...record, actor, details });
}

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
    case 'system':
    case 'service':
      return 'Wardflow';
    case 'unknown':
      return 'an unknown user';
    default:
      return actor;
  }
}
