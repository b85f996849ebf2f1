/** What a text states: comparisons with a number, and durations. */

export interface Comparison {
  /** `above-ish`: "over 6", which may or may not include the 6. */
  readonly way: '>' | '>=' | '<' | '<=' | '=' | '!=' | 'above-ish' | 'below-ish';
  readonly value: number;
  /** As it stands in the text. */
  readonly text: string;
}

const NUMBER = '(-?\\d+(?:\\.\\d+)?)(?![\\d.]*\\d|[\\w/-]*:)';
const SIGNED = new RegExp(`(>=|<=|=>|=<|!=|≥|≤|>|<)\\s*${NUMBER}`, 'g');
const WORDS = new RegExp(
  `\\b(at least|not below|at most|not above|more than|greater than|above|over|less than|below|under)\\s+${NUMBER}`,
  'gi',
);
const INTERVAL = /([[(\]])\s*(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*([\])[])/g;
const WAYS: Readonly<Record<string, Comparison['way']>> = {
  '≥': '>=',
  '=>': '>=',
  '≤': '<=',
  '=<': '<=',
  'at least': '>=',
  'not below': '>=',
  'at most': '<=',
  'not above': '<=',
  'more than': '>',
  'greater than': '>',
  'less than': '<',
  above: 'above-ish',
  over: 'above-ish',
  below: 'below-ish',
  under: 'below-ish',
};

/** `isCell`: the text is a cell of a rule table, where `[3..5]` is an interval and a number alone a comparison. */
export function comparisonsIn(text: string, isCell = false): readonly Comparison[] {
  const found: Comparison[] = [];
  for (const [whole, sign = '', number = ''] of text.matchAll(SIGNED))
    found.push({ way: WAYS[sign] ?? (sign as Comparison['way']), value: Number(number), text: whole });
  if (isCell) {
    for (const [, open = '', low = '', high = '', close = ''] of text.matchAll(INTERVAL)) {
      found.push({ way: open === '[' ? '>=' : '>', value: Number(low), text: `${open}${low}..` });
      found.push({ way: close === ']' ? '<=' : '<', value: Number(high), text: `..${high}${close}` });
    }
    if (/^-?\d+(\.\d+)?$/.test(text.trim())) found.push({ way: '=', value: Number(text), text: text.trim() });
    return found;
  }
  for (const [whole, words = '', number = ''] of text.matchAll(WORDS)) {
    const end = text.slice((text.indexOf(whole) ?? 0) + whole.length);
    // "over 10 minutes" is a duration.
    if (!UNIT_NEXT.test(end)) found.push({ way: WAYS[words.toLowerCase()] ?? '=', value: Number(number), text: whole });
  }
  return found;
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|milliseconds?)$/i, 1],
  [/^(?:s|secs?|seconds?)$/i, 1_000],
  [/^(?:min|mins|minutes?)$/i, 60_000],
  [/^(?:h|hrs?|hours?)$/i, 3_600_000],
  [/^(?:d|days?)$/i, 86_400_000],
  [/^(?:w|weeks?)$/i, 604_800_000],
];
const UNIT_NEXT =
  /^\s*(?:ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|years?|months?)\b/i;
const DURATION =
  /(?<![\w.])(\d+(?:\.\d+)?|an?|one|half an)[\s-]+(milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|ms|s|min|h|d)\b/gi;

export function durationsIn(text: string): readonly { readonly ms: number; readonly text: string }[] {
  return [...text.matchAll(DURATION)].flatMap(([whole, amount = '', unit = '']) => {
    const factor = UNITS.find(([form]) => form.test(unit))?.[1];
    const count = /^\d/.test(amount) ? Number(amount) : /half/i.test(amount) ? 0.5 : 1;
    return factor === undefined ? [] : [{ ms: count * factor, text: whole }];
  });
}

/** `15 minutes`. */
export function spanOf(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const [name, factor] = units.find(([, size]) => ms >= size && ms % size === 0) ?? (['millisecond', 1] as const);
  const count = ms / factor;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
