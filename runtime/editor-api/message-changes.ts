/** Where two states of one message differ, segment by segment, cut to what a form can show. */
import type { MessageChanges, SegmentChange } from './preview-contract.ts';

const MOST_SHOWN = 20;
/** Shown of a segment around what differs. */
const BEFORE_IT = 24;
const LONGEST = 240;
/** Segments compared for what moved; between longer stretches all counts as changed. */
const MOST_COMPARED = 300;

/** A message that the node makes: all of its segments. */
export function messageMade(after: string): MessageChanges {
  return { ...messageChanges('', after), made: true };
}

export function messageChanges(before: string, after: string): MessageChanges {
  if (before === after) return { made: false, segments: [], more: 0 };
  const [a, b] = [segmentsOf(before), segmentsOf(after)];
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  const pairs = paired(a.slice(from, endA), b.slice(from, endB));
  const names = { a: placesOf(a), b: placesOf(b) };
  const all = pairs.map(([i, j]): SegmentChange => {
    const [old, next] = [i === null ? null : (a[from + i] ?? ''), j === null ? null : (b[from + j] ?? '')];
    const place = (j === null ? names.a[from + (i ?? 0)] : names.b[from + j]) ?? '';
    return { place, ...cut(old, next) };
  });
  return { made: false, segments: all.slice(0, MOST_SHOWN), more: Math.max(0, all.length - MOST_SHOWN) };
}

const segmentsOf = (text: string): readonly string[] => text.split(/\r\n|\r|\n/).filter((line) => line !== '');

type Pair = readonly [number | null, number | null];

/** What stands in both is left out; what stands for what is guessed by its name and place. */
function paired(a: readonly string[], b: readonly string[]): readonly Pair[] {
  const matches = a.length > MOST_COMPARED || b.length > MOST_COMPARED ? [] : common(a, b);
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...matches, [a.length, b.length] as const]) {
    while (i < nextI || j < nextJ) {
      if (i < nextI && j < nextJ && nameOf(a[i]) === nameOf(b[j])) pairs.push([i++, j++]);
      else if (i < nextI && !b.slice(j, nextJ).some((one) => nameOf(one) === nameOf(a[i]))) pairs.push([i++, null]);
      else if (j < nextJ) pairs.push([null, j++]);
      else pairs.push([i++, null]);
    }
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return pairs;
}

/** The longest common subsequence, as pairs of places. */
function common(a: readonly string[], b: readonly string[]): readonly (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;)
    if (a[i] === b[j]) found.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  return found;
}

const nameOf = (segment: string | undefined): string => (segment ?? '').slice(0, 3);

/** `PID`, or `OBX[3]` where there are several. */
function placesOf(segments: readonly string[]): readonly string[] {
  const total = new Map<string, number>();
  for (const segment of segments) total.set(nameOf(segment), (total.get(nameOf(segment)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return segments.map((segment) => {
    const name = nameOf(segment);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return (total.get(name) ?? 0) > 1 ? `${name}[${number}]` : name;
  });
}

/** Both from the same place on, shortly before they begin to differ. */
function cut(before: string | null, after: string | null): Pick<SegmentChange, 'before' | 'after'> {
  const from = Math.max(0, sameLength(before ?? '', after ?? '') - BEFORE_IT);
  const shown = (text: string | null): string | null =>
    text === null
      ? null
      : `${from > 0 ? '…' : ''}${text.slice(from, from + LONGEST).toWellFormed()}${text.length > from + LONGEST ? '…' : ''}`;
  return { before: shown(before), after: shown(after) };
}

function sameLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let same = 0;
  while (same < limit && a[same] === b[same]) same++;
  return same;
}
