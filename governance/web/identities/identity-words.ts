/** Questions and merges in words. Pure. */
import type { MergeLink, Question } from './queries.ts';

const ELEMENTS: Readonly<Record<string, string>> = {
  family: 'family name',
  given: 'given name',
  birthDate: 'date of birth',
  sex: 'sex',
  postcode: 'postcode',
};

/** Keys are long and say nothing: enough of one to tell it from the next. */
export const shortKey = (key: string): string => key.slice(0, 12);

const wordOf = (element: string): string => ELEMENTS[element] ?? element;

/** `family name and date of birth` */
export function elementWords(elements: readonly string[]): string {
  const words = elements.map(wordOf);
  const last = words.pop();
  return last === undefined ? '' : words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

export function questionTitle({ kind }: Pick<Question, 'kind'>): string {
  if (kind === 'overlay') return 'A known number, and somebody else’s details?';
  return kind === 'duplicate' ? 'A new number of a known patient?' : 'Two numbers of one patient?';
}

export function questionSentence({ kind }: Pick<Question, 'kind'>): string {
  if (kind === 'overlay') return 'The number is known, and what is stated now is not what was stated before.';
  if (kind === 'duplicate') return 'Nobody knows the number, and the details are those of a patient with another one.';
  return 'One message names two numbers, and they are known as two patients.';
}

/** Of one that was asked before both sides were kept, the side that made it a question. */
export function comparedOf({
  kind,
  elements,
  compared,
}: Pick<Question, 'kind' | 'elements' | 'compared'>): NonNullable<Question['compared']> {
  if (compared) return compared;
  return kind === 'overlay' ? { agree: [], differ: elements } : { agree: elements, differ: [] };
}

/** Who, without what kind of actor it is. */
export const whoOf = (by: string): string => by.replace(/^[a-z]+:/, '');

export function answerWords({ state, decided }: Pick<Question, 'state' | 'decided'>): string {
  if (state === 'withdrawn') return 'Answered by a merge of the sender';
  const answer = state === 'same' ? 'The same patient' : 'Different patients';
  return decided ? `${answer}, says ${whoOf(decided.by)}` : answer;
}

export function mergeWords({ kind, by }: Pick<MergeLink, 'kind' | 'by'>): string {
  if (kind === 'merged') return 'Merged by a message';
  if (kind === 'renumbered') return 'Renumbered by a message';
  return kind === 'person' ? `Joined by ${whoOf(by)}` : 'Stated by one message';
}

export const messageWords = (message: Question['message']): string =>
  [message?.type, message?.controlId].filter((one) => one != null).join(' ') || 'the message';
