/**
 * Cells under `when` as sets, to say what a change lets through: DMN unary tests (DMN 1.3, 10.3.1.2), as the engine reads
 * them. Own and lenient, since this runs in the browser, too, and must not refuse a table that is only under review: what
 * it cannot read it shows as it is written.
 */

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  /** The ends as they are written. */
  readonly lowText: string;
  readonly highText: string;
}

export type UnaryTest =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly Range[];
      /** Literals, as JSON. */
      readonly values: readonly string[];
      readonly hasNull: boolean;
    }
  | { readonly kind: 'expression'; readonly source: string };

const ORDERED = new Set(['number', 'date', 'time', 'dateTime']);
const POINT = String.raw`-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?|(?:date and time|date|time)\s*\(\s*"[^"]*"\s*\)`;
const TOKEN = new RegExp(
  String.raw`\s*(?:(?<compare><=|>=|<|>)\s*(?<bound>${POINT})|(?<open>[[\](])\s*(?<low>${POINT})\s*\.\.\s*(?<high>${POINT})\s*(?<close>[[\])])|(?<none>null)|(?<literal>"(?:[^"\\]|\\.)*"|true|false|${POINT}))\s*(?:,|$)`,
  'y',
);

/** `null`: it cannot be read. */
export function readTest(text: string, type: string): UnaryTest | null {
  const trimmed = text.trim();
  if (trimmed === '-') return { kind: 'any' };
  if (trimmed.startsWith('=')) return { kind: 'expression', source: trimmed.slice(1).trim() };
  const not = /^not\s*\((.*)\)$/s.exec(trimmed);
  const inside = not?.[1] ?? trimmed;
  const ranges: Range[] = [];
  const values: string[] = [];
  let hasNull = false;
  let at = 0;
  if (inside.trim() === '') return null;
  while (at < inside.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(inside)?.groups;
    if (!found) return null;
    at = TOKEN.lastIndex;
    if (found['none']) hasNull = true;
    else if (found['literal'] !== undefined && !ORDERED.has(type)) values.push(found['literal']);
    else ranges.push(...rangesOf(found));
  }
  // `not(null)` is everything but a missing value: no set that the words below have a name for.
  if (not && ranges.length + values.length === 0) return null;
  return { kind: 'set', negated: not !== null, ranges, values, hasNull };
}

function rangesOf(found: Readonly<Record<string, string | undefined>>): readonly Range[] {
  const { compare, bound, open, low, high, close, literal } = found;
  const range = (from: string, lowOpen: boolean, to: string, highOpen: boolean): Range => ({
    low: from === '' ? -Infinity : pointOf(from),
    high: to === '' ? Infinity : pointOf(to),
    lowOpen,
    highOpen,
    lowText: plain(from),
    highText: plain(to),
  });
  if (compare !== undefined && bound !== undefined)
    return [
      compare.startsWith('<') ? range('', true, bound, compare === '<') : range(bound, compare === '>', '', true),
    ];
  if (low === undefined || high === undefined)
    return literal === undefined ? [] : [range(literal, false, literal, false)];
  const one = range(low, open !== '[', high, close !== ']');
  // A time interval over midnight.
  return one.low > one.high && low.startsWith('time')
    ? [range(low, one.lowOpen, '', true), range('', true, high, one.highOpen)]
    : [one];
}

const plain = (text: string): string => /"([^"]*)"/.exec(text)?.[1] ?? text;

function pointOf(text: string): number {
  const inside = /"([^"]*)"/.exec(text)?.[1];
  if (inside === undefined) return Number(text);
  return Date.parse(text.startsWith('time') ? `1970-01-01T${inside}Z` : inside);
}

export type Reach = 'same' | 'fewer' | 'more' | 'other';

/** Which values the new test takes, against the old one; `null`: it cannot be said. */
export function reachOf(before: UnaryTest | null, after: UnaryTest | null, type: string): Reach | null {
  if (!before || !after || before.kind === 'expression' || after.kind === 'expression') return null;
  // A list is taken for one of its items, and refused for one of them: the two do not compare.
  if (type === 'list' && before.kind === 'set' && after.kind === 'set' && before.negated !== after.negated)
    return 'other';
  const [grows, shrinks] = [contains(after, before), contains(before, after)];
  return grows ? (shrinks ? 'same' : 'more') : shrinks ? 'fewer' : 'other';
}

type Known = Exclude<UnaryTest, { readonly kind: 'expression' }>;

function contains(outer: Known, inner: Known): boolean {
  if (outer.kind === 'any') return true;
  if (inner.kind === 'any') return false;
  // `not(…)` never takes a missing value.
  if (inner.hasNull && !inner.negated && (!outer.hasNull || outer.negated)) return false;
  const [wide, narrow] = [spanOf(outer), spanOf(inner)];
  if (!narrow.every((range) => wide.some((one) => covers(one, range)))) return false;
  const [values, others] = [new Set(outer.values), inner.values];
  if (values.size + others.length === 0) return true;
  if (inner.negated) return outer.negated && outer.values.every((value) => others.includes(value));
  return others.every((value) => values.has(value) !== outer.negated);
}

const covers = (outer: Range, inner: Range): boolean =>
  (outer.low < inner.low || (outer.low === inner.low && (!outer.lowOpen || inner.lowOpen))) &&
  (outer.high > inner.high || (outer.high === inner.high && (!outer.highOpen || inner.highOpen)));

/** The ranges in order, those that touch as one; of a negated test, what lies between them. */
function spanOf({ ranges, negated }: Extract<Known, { readonly kind: 'set' }>): readonly Range[] {
  const out: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.low - b.low || Number(a.lowOpen) - Number(b.lowOpen))) {
    const last = out.at(-1);
    const touches = last && (range.low < last.high || (range.low === last.high && !(range.lowOpen && last.highOpen)));
    if (!last || !touches) out.push(range);
    else if (!covers(last, range)) out[out.length - 1] = { ...last, high: range.high, highOpen: range.highOpen };
  }
  if (!negated || ranges.length === 0) return out;
  const gaps: Range[] = [];
  let [low, lowOpen] = [-Infinity, true];
  for (const range of out) {
    if (low < range.low || (low === range.low && !lowOpen && range.lowOpen))
      gaps.push({ low, lowOpen, high: range.low, highOpen: !range.lowOpen, lowText: '', highText: '' });
    [low, lowOpen] = [range.high, !range.highOpen];
  }
  if (low < Infinity) gaps.push({ low, lowOpen, high: Infinity, highOpen: true, lowText: '', highText: '' });
  return gaps;
}

/** `above 6.2 mmol/L`, `18 or above, or no value`, `not ICU`. */
export function testWords(test: UnaryTest | null, text: string, unit = ''): string {
  if (!test) return text;
  if (test.kind === 'any') return 'anything';
  if (test.kind === 'expression') return `what the expression ${test.source} takes`;
  const parts = [...test.ranges.map((range) => rangeWords(range, unit)), ...test.values.map(literal)];
  const some = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}` : parts[0];
  const words = some === undefined ? 'no value' : test.hasNull ? `${some}, or no value` : some;
  return test.negated ? `not ${words}` : words;
}

function rangeWords({ low, high, lowOpen, highOpen, lowText, highText }: Range, unit: string): string {
  const of = (text: string): string => (unit === '' ? text : `${text} ${unit}`);
  if (low === -Infinity) return highOpen ? `below ${of(highText)}` : `${of(highText)} or below`;
  if (high === Infinity) return lowOpen ? `above ${of(lowText)}` : `${of(lowText)} or above`;
  if (low === high) return of(lowText);
  return `${lowOpen ? 'above ' : ''}${lowText} to ${highOpen ? 'below ' : ''}${of(highText)}`;
}

export function literal(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? (value === '' ? 'empty text' : value) : json;
  } catch {
    return json;
  }
}
