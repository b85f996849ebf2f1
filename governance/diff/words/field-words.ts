/** Fields of a JSON file in words, each place that differs in a line of its own. */
import { leavesOf, type JsonDiff, type Leaf } from '../base/json-diff.ts';
import { outcome } from './cell-words.ts';
import { line, type ChangeKind, type ChangeLine, type Place } from './change-line.ts';
import { fieldKind } from './field-kinds.ts';
import { durationWords, humanised, ordinal, secondsOf, shown } from './value-words.ts';

/** `kinds`: what fields of this file are about, where their name alone would mislead. */
export function fieldLines(
  place: Place,
  subject: string,
  diff: JsonDiff | null,
  kinds: Readonly<Record<string, ChangeKind>> = {},
  meaningOf: (leaf: Leaf) => string | undefined = () => undefined,
): readonly ChangeLine[] {
  return leavesOf(diff).map((leaf) => {
    const keys = leaf.path.filter((key) => typeof key === 'string');
    // The outermost name that has a meaning here: `owner.role` is about the owner.
    const named = keys.find((key) => Object.hasOwn(kinds, key));
    const kind = (named === undefined ? undefined : kinds[named]) ?? fieldKind(keys.at(-1) ?? '');
    const at = { ...place, field: place.field ?? leaf.path.join('.') };
    const what = `${subject} ${pathWords(leaf.path)}`.trimEnd();
    const { before, after } = leaf;
    const how = kind === 'timer' && before !== undefined && after !== undefined ? outcome(before, after) : null;
    const meaning = meaningOf(leaf) ?? (how && how.meaning !== '' ? how.meaning : undefined);
    const said = meaning === undefined ? {} : { meaning };
    if (before === undefined) return line(kind, at, `${what} added: ${wordsOf(after)}`, said);
    if (after === undefined) return line(kind, at, `${what} removed: ${wordsOf(before)}`, said);
    return line(kind, at, what, { before: wordsOf(before), after: wordsOf(after), ...said });
  });
}

const wordsOf = (value: Leaf['before']): string =>
  secondsOf(value) === undefined ? shown(value) : durationWords(value);

/** `steps`, 1, `after` -> `second of steps: after`. */
export const pathWords = (path: Leaf['path']): string =>
  path
    .map((key, i) => {
      if (typeof key === 'number') return i === path.length - 1 ? '' : ordinal(key);
      return /^[\w-]{1,60}$/.test(key) ? humanised(key) : shown(key);
    })
    .filter((word) => word !== '')
    .join(', ');
