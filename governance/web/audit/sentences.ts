import type { AuditRecord } from '../../api/runtime-shapes.ts';

type Sentence = (record: AuditRecord) => string;

const detail = (record: AuditRecord, name: string): string => String(record.details[name] ?? '');
const withDetail = (record: AuditRecord, name: string, before: string): string =>
  record.details[name] === undefined || record.details[name] === null ? '' : `${before}${detail(record, name)}`;

/** Who did it, as a person would say. */
export function actorName(actor: string): string {
  const [kind, name = ''] = actor.split(/:(.*)/s);
  switch (kind) {
    case 'user':
      return name;
    case 'cli':
      return `${name} (command line)`;
    case 'flow':
      return `Flow “${name}”`;
    case 'ehr':
      return 'The EHR';
    case 'system':
      return 'Wardflow';
    default:
      return actor;
  }
}

const SENTENCES: Readonly<Record<string, Sentence>> = {
  'message.body-viewed': (r) => `${actorName(r.actor)} looked at the body of a message`,
  'message.searched-by-identifier': (r) =>
    `${actorName(r.actor)} searched by a ${detail(r, 'kind') || 'patient'} identifier${withDetail(r, 'found', ', found ')}`,
  'message.searched-by-patient': (r) => `${actorName(r.actor)} searched by a patient identifier`,
  'message.searched': (r) => `${actorName(r.actor)} searched by a ${detail(r, 'kind') || 'patient'} identifier`,
  'work.redriven': (r) => `${actorName(r.actor)} sent a failed message on its way again`,
  'work.discarded': (r) => `${actorName(r.actor)} discarded a message`,
  'work.dead': (r) => `A message failed and needs a person${withDetail(r, 'code', ': ')}`,
  'work.done': () => 'A message was finished',
  'effect.done': (r) => `${actorName(r.actor)} did “${detail(r, 'effect')}”${withDetail(r, 'target', ' at ')}`,
  'escalation.started': (r) => `${actorName(r.actor)} started an escalation${withDetail(r, 'name', ' ')}`,
  'escalation.stepped': (r) => `An escalation took its next step${withDetail(r, 'to', ': told ')}`,
  'escalation.acknowledged': (r) =>
    `${actorName(r.actor)} acknowledged an escalation${withDetail(r, 'via', ' through ')}`,
  'escalation.cancelled': (r) => `${actorName(r.actor)} cancelled an escalation${withDetail(r, 'via', ' through ')}`,
  'escalation.exhausted': () => 'An escalation reached its last step without an answer',
  'task.acknowledged': (r) => `${actorName(r.actor)} acknowledged a task`,
  'definition.loaded': (r) =>
    `Definition “${r.definition ?? ''}” was loaded at version ${(r.version ?? '').slice(0, 8)}`,
  'definition.saved': (r) => `${actorName(r.actor)} saved definition “${r.definition ?? ''}”`,
  'flows.deployed': (r) => `${actorName(r.actor)} deployed the flows`,
  'flow.noted': (r) => `${actorName(r.actor)} noted${withDetail(r, 'text', ': ')}`,
  'runtime.started': (r) => `The runtime started${withDetail(r, 'version', ', version ')}`,
  'runtime.stopped': () => 'The runtime stopped',
  'session.logged-in': (r) => `${actorName(r.actor)} logged in`,
  'session.logged-out': (r) => `${actorName(r.actor)} logged out`,
  'session.login-refused': (r) =>
    `A login ${r.actor === 'unknown' ? 'with an unknown user name' : `as ${actorName(r.actor)}`} was refused`,
  'session.login-locked': (r) =>
    `Logins ${r.actor === 'unknown' ? 'with an unknown user name' : `as ${actorName(r.actor)}`} are locked for a while`,
  'account.created': (r) => `The account “${detail(r, 'account')}” was made`,
  'account.password-changed': (r) => `${actorName(r.actor)} changed the password`,
};

export const KNOWN_TYPES = Object.keys(SENTENCES);

/** A record as one sentence. A type without a template is still read out by its own words. */
export function sentenceOf(record: AuditRecord): string {
  const sentence = SENTENCES[record.type];
  if (sentence) return sentence(record);
  const [thing = '', ...what] = record.type.split('.');
  return `${actorName(record.actor)}: ${thing.replaceAll('-', ' ')} ${what.join(' ').replaceAll('-', ' ')}`;
}
