/**
 * What people call the states of a message: one word each, on screens and in the terminal. `term` is what the API, the CLI's
 * `--state`, the audit trail and docs/glossary.md say.
 */
import type { HeldForReview, MessageFormat, MessageState, WorkState, WorkView } from './runtime-shapes.ts';

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
  parked: {
    word: 'Parked',
    term: 'parked',
    meaning: 'It waits for a person, a time or an approval. Where a fallback or a doubt holds it, it says so: Held.',
  },
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

/** Sums of work tell no reasons: what is held is parked as well. */
export const PARKED_OR_HELD = 'Parked or held';

/** What is parked for a decision of a person alone, by a fallback or a doubt: said in place of its state. */
export const HELD_WORD = 'Held';

export const HELD_BECAUSE: Readonly<Record<HeldForReview['because'], string>> = {
  'manual-review': 'Fallback, review by hand',
  'alert-and-task': 'Fallback, alert and task',
  'recommend-only': 'The flow only recommends',
  stop: 'The flow is stopped',
  'rule-error': 'A rule could not decide',
  'incomplete-data': 'Data is missing',
  'low-confidence': 'Low confidence',
};

/** `Held: data is missing` */
export const heldBecause = (because: HeldForReview['because']): string =>
  `${HELD_WORD}: ${HELD_BECAUSE[because].replace(/^./, (letter) => letter.toLowerCase())}`;

/** One of a message's items: parked, and nothing but a decision lets it go on. */
export const isHeld = ({ state, attempts }: Pick<WorkView, 'state' | 'attempts'>): boolean =>
  state === 'parked' && attempts.at(-1)?.outcome === 'held';

/** The same words for what flows do about a message: an open item that has not been taken up yet, or will be again, waits. */
export const WORK_WORDS: Readonly<Record<Exclude<WorkState, 'done' | 'discarded'>, string>> = {
  waiting: 'Waiting',
  claimed: STATE_WORDS.processing.word,
  parked: PARKED_OR_HELD,
  dead: STATE_WORDS.dead.word,
};

/** What a message's bytes are. */
export const FORMAT_WORDS: Readonly<Record<MessageFormat, string>> = {
  hl7v2: 'HL7 v2',
  fhir: 'FHIR (JSON)',
  json: 'event (JSON)',
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
