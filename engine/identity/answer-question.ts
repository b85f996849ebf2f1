/** What people say: answers to questions, and links taken back. Each runs in one transaction. */
import type { IdentityLink, IdentityOutcome } from '../store/contract/identities.ts';
import type { IdentityTables } from './identity-tables.ts';
import { addLink, idOf, short } from './people.ts';
import { withMarks } from './take-statement.ts';

export interface Answer {
  /** `null`: it stays open. */
  readonly same: boolean | null;
  readonly survivor: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

export function answerQuestion(tables: IdentityTables, id: string, seen: number, answer: Answer): IdentityOutcome {
  const question = tables.question(id);
  if (!question) return 'unknown';
  if (question.version !== seen || question.state !== 'open') return 'stale';
  const { same, by, reason, at } = answer;
  const { left: _, ...asked } = question;
  const { keys, kind, messageId, marks } = asked;
  const [first = '', second = ''] = keys;
  const survivor = answer.survivor === second && second !== '' ? second : first;
  const prior = survivor === first ? second : first;
  const decided = { by, at, reason };
  if (same === null) {
    tables.putQuestion({ ...question, version: seen + 1, left: decided });
    tables.audit({ at, type: 'identity.left-open', actor: by, messageId, details: { question: id, kind }, reason });
    return 'kept';
  }
  const state = same ? 'same' : 'different';
  const linkId = same && kind !== 'overlay' ? idOf('link', prior, survivor, 0, at) : null;
  // Before the link: an answer is no question that the link answers.
  tables.putQuestion({ ...asked, version: seen + 1, state, marks: null, decided, linkId });
  tables.audit({
    at,
    type: 'identity.answered',
    actor: by,
    messageId,
    details: { question: id, kind, after: state },
    reason,
  });
  if (same && kind === 'overlay') {
    const record = tables.key(first);
    if (record && marks) tables.putKey({ ...record, traits: withMarks(record.traits, marks, at) });
  } else if (same) addLink(tables, { prior, survivor, kind: 'person', at, messageId, by, reason }, at);
  return 'kept';
}

export function undoLink(
  tables: IdentityTables,
  id: string,
  seen: number,
  { by, reason, at }: { readonly by: string; readonly reason: string; readonly at: number },
): IdentityOutcome {
  const link = tables.link(id);
  if (!link) return 'unknown';
  if (link.version !== seen || link.undone !== null) return 'stale';
  const undone: IdentityLink = { ...link, version: seen + 1, undone: { by, at, reason } };
  tables.putLink(undone);
  const { prior, survivor, kind, messageId } = link;
  const details = { prior: short(prior), survivor: short(survivor), kind };
  tables.audit({ at, type: 'identity.link-undone', actor: by, messageId, details, reason });
  return 'kept';
}
