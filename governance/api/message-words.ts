/**
 * What people call the states of a message: one word each, on screens and in the terminal. `term` is what the API, the CLI's
 * `--state`, the audit trail and docs/glossary.md say.
 */
import type { MessageState } from './runtime-shapes.ts';

export interface StateWords {
  readonly word: string;
  readonly term: string;
  /** For people who see the word the first time. */
  readonly meaning: string;
}

export const STATE_WORDS: Readonly<Record<MessageState, StateWords>> = {
  accepted: { word: 'Accepted', term: 'accepted', meaning: 'Safely on disk, not yet taken up.' },
  processing: { word: 'In work', term: 'processing', meaning: 'A flow is working on it now.' },
  waiting: { word: 'Retrying', term: 'waiting', meaning: 'Something did not answer; it is tried again by itself.' },
  parked: { word: 'Parked', term: 'parked', meaning: 'It waits for a person, a time or an approval.' },
  done: { word: 'Done', term: 'done', meaning: 'Everything it asked for has been done.' },
  dead: { word: 'Failed', term: 'dead letter', meaning: 'It needs a person: redrive or discard it.' },
  discarded: { word: 'Discarded', term: 'discarded', meaning: 'A person decided that it is not processed.' },
  quarantined: {
    word: 'Unreadable',
    term: 'quarantined',
    meaning: 'It could not be read; the sender was told. Read it again or discard it.',
  },
  unrouted: { word: 'No flow', term: 'unrouted', meaning: 'Accepted, but no flow asked for this type of message.' },
  resend: { word: 'Resend', term: 'resend', meaning: 'The same message again: answered, not processed twice.' },
};

/** The plain word, and the term where it is another: `Failed (dead letter)`. */
export function wordAndTerm(state: MessageState): string {
  const { word, term } = STATE_WORDS[state];
  return word.toLowerCase() === term ? word : `${word} (${term})`;
}

/** A state by its name in the API, its word or its term, in any case: `dead`, `failed`, `dead letter`. */
export function stateNamed(text: string): MessageState | undefined {
  const wanted = text.trim().toLowerCase();
  const found = Object.entries(STATE_WORDS).find(
    ([state, { word, term }]) => state === wanted || word.toLowerCase() === wanted || term === wanted,
  );
  return found?.[0] as MessageState | undefined;
}
