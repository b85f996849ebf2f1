/** What a `switch` node asks, in words: a changed limit in it is a changed threshold as much as one in a rule table. */
import { field, isList, isObject, type Json } from '../base/json.ts';
import { shown } from './value-words.ts';

export interface SwitchChange {
  /** From 1. */
  readonly output: number;
  readonly before: string;
  readonly after: string;
  readonly isLimit: boolean;
  readonly meaning?: string;
}

const WORDS: Readonly<Record<string, string>> = {
  eq: '',
  neq: 'not ',
  lt: 'below ',
  lte: 'at most ',
  gt: 'above ',
  gte: 'at least ',
  cont: 'text with ',
  regex: 'text like ',
  jsonata_exp: 'the expression ',
  istype: 'of type ',
};
const BARE: Readonly<Record<string, string>> = {
  else: 'anything else',
  true: 'true',
  false: 'false',
  null: 'nothing',
  nnull: 'something',
  empty: 'empty',
  nempty: 'not empty',
};

/** `null`: there are more or fewer rules than before, which is more than a changed condition. */
export function switchChanges(before: Json | undefined, after: Json | undefined): readonly SwitchChange[] | null {
  if (!isList(before) || !isList(after) || before.length !== after.length) return null;
  return after.flatMap((rule, i) => {
    const [old, now] = [conditionWords(before[i]), conditionWords(rule)];
    if (old === now) return [];
    const meaning = limitMeaning(before[i], rule);
    return [
      {
        output: i + 1,
        before: old,
        after: now,
        isLimit: meaning !== undefined,
        ...(meaning === undefined ? {} : { meaning }),
      },
    ];
  });
}

export function conditionWords(rule: Json | undefined): string {
  if (!isObject(rule)) return shown(rule);
  const [t, v, v2] = [field(rule, 't'), field(rule, 'v'), field(rule, 'v2')];
  const type = typeof t === 'string' ? t : '';
  if (Object.hasOwn(BARE, type)) return BARE[type] ?? type;
  if (type === 'btwn') return `between ${shown(v)} and ${shown(v2)}`;
  return `${(Object.hasOwn(WORDS, type) ? WORDS[type] : undefined) ?? `${type} `}${shown(v)}`;
}

/** Only numbers moved, under the same comparison. */
function limitMeaning(before: Json | undefined, after: Json | undefined): string | undefined {
  if (!isObject(before) || !isObject(after)) return undefined;
  const t = field(after, 't');
  if (field(before, 't') !== t || typeof t !== 'string') return undefined;
  const numbers = (rule: typeof after): readonly number[] => [Number(field(rule, 'v')), Number(field(rule, 'v2') ?? 0)];
  const [from = NaN, fromEnd = NaN] = numbers(before);
  const [to = NaN, toEnd = NaN] = numbers(after);
  if ([from, fromEnd, to, toEnd].some(Number.isNaN)) return undefined;
  if (t === 'btwn') return 'other messages go this way';
  if (!/^[lg]te?$/.test(t) || from === to) return undefined;
  return to > from === t.startsWith('g') ? 'fewer messages go this way' : 'more messages go this way';
}
