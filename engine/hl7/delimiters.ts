import { hl7Errors } from './errors.ts';
import type { Hl7Path } from './path.ts';

/** The characters that MSH-1 and MSH-2 state; an empty string where MSH-2 is too short to state one. */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  /** Fifth character of MSH-2, since version 2.7. */
  readonly truncation: string;
}

export const STANDARD_DELIMITERS: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: '',
};

const CR = 13;
const LF = 10;
const BOM = 0xfeff;

/** Senders put byte order marks, line ends and stray start blocks before MSH; they stay, and are looked past. */
export function startOf(text: string): number {
  let at = text.charCodeAt(0) === BOM ? 1 : 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== CR && code !== LF && code !== 32 && code !== 9 && code !== 11) break;
    at++;
  }
  const name = text.slice(at, at + 3);
  if (name === 'FHS' || name === 'BHS') throw hl7Errors.create('hl7-batch', { segment: name });
  if (name !== 'MSH') throw hl7Errors.create('hl7-no-msh');
  return at;
}

/** Neither a letter, a digit, a blank nor half of a character. */
function canSeparate(character: string): boolean {
  return character === '|' || /^[!-/:-@[-`{-~\xa1-\u02ff]$/.test(character);
}

/** A character of MSH-2. What could be in an escape (\X0D\, \.br\) parts nothing: no value would be read as it was written. */
export function canEncode(character: string): boolean {
  return canSeparate(character) && character !== '.';
}

export function readDelimiters(text: string, start: number): Delimiters {
  if (text.startsWith('|^~\\&|', start + 3)) return STANDARD_DELIMITERS;
  const field = text.charAt(start + 3);
  if (!canSeparate(field)) throw hl7Errors.create('hl7-bad-delimiters');
  let end = start + 4;
  const last = Math.min(text.length, start + 9);
  while (end < last && text.charAt(end) !== field && text.charCodeAt(end) > 32) end++;
  const taken = new Set<string>();
  // What separates on a higher level separates nothing on a lower one, nor can it escape.
  const stated = (place: number): string => {
    const character = end > start + place ? text.charAt(start + place) : '';
    if (!canEncode(character) || taken.has(character)) return '';
    taken.add(character);
    return character;
  };
  const repetition = stated(5);
  const component = stated(4);
  const subcomponent = stated(7);
  return { field, component, repetition, subcomponent, escape: stated(6), truncation: stated(8) };
}

/** The steps down from a field to the part that a path names: which separator, which part. */
export function levels(path: Hl7Path, delimiters: Delimiters): (readonly [separator: string, wanted: number])[] {
  const { repetition, component, subcomponent } = path;
  const steps: (readonly [string, number])[] = [];
  if (repetition > 0 || component > 0 || subcomponent > 0) steps.push([delimiters.repetition, repetition || 1]);
  if (component > 0 || subcomponent > 0) steps.push([delimiters.component, component || 1]);
  if (subcomponent > 0) steps.push([delimiters.subcomponent, subcomponent]);
  return steps;
}
