/**
 * Lists whose items have a key of their own (rows, columns, nodes): which are new, which are gone, which stand elsewhere.
 * The smallest set that must have moved is found by the longest run that kept its order.
 */

export interface Placed<T> {
  /** Position from 0: of something added in the new list, of something removed in the old one. */
  readonly at: number;
  readonly item: T;
}

export interface KeyedDiff<T> {
  readonly added: readonly Placed<T>[];
  readonly removed: readonly Placed<T>[];
  /** Keys of items that stand elsewhere among those that stayed. */
  readonly moved: readonly string[];
  /** All keys in their new order; only where something moved. */
  readonly order?: readonly string[];
}

/** `keyNow` gives the key that an old item has in the new list; `undefined`: it is gone, whatever stands under its key. */
export function diffKeyed<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  keyNow: (item: T) => string | undefined = keyOf,
): KeyedDiff<T> {
  const place = new Map(after.map((item, at) => [keyOf(item), at]));
  const kept = new Set<string>();
  const removed: Placed<T>[] = [];
  const places: number[] = [];
  before.forEach((item, at) => {
    const key = keyNow(item);
    const now = key === undefined ? undefined : place.get(key);
    if (key === undefined || now === undefined) removed.push({ at, item });
    else {
      kept.add(key);
      places.push(now);
    }
  });
  const added = after.flatMap((item, at) => (kept.has(keyOf(item)) ? [] : [{ at, item }]));
  const still = longestRising(places);
  const keyAt = (at: number): string => {
    const item = after[at];
    return item === undefined ? '' : keyOf(item);
  };
  const moved = places.filter((at) => !still.has(at)).map(keyAt);
  return { added, removed, moved, ...(moved.length > 0 ? { order: after.map(keyOf) } : {}) };
}

/** `kept`: the items that stayed, in their old order, as they are now. */
export function applyKeyed<T>(kept: readonly T[], diff: KeyedDiff<T>, keyOf: (item: T) => string): readonly T[] {
  if (diff.order) {
    const byKey = new Map([...kept, ...diff.added.map(({ item }) => item)].map((item) => [keyOf(item), item]));
    return diff.order.map((key) => {
      const item = byKey.get(key);
      if (item === undefined) throw new TypeError('the diff is of another list');
      return item;
    });
  }
  const out: T[] = [];
  let next = 0;
  for (const { at, item } of diff.added) {
    while (out.length < at && next < kept.length) out.push(kept[next++] as T);
    out.push(item);
  }
  out.push(...kept.slice(next));
  return out;
}

/** The values of a longest strictly rising subsequence (patience sorting). */
function longestRising(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const value of values) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((tails[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    previous.set(value, tails[low - 1]);
    tails[low] = value;
  }
  const run = new Set<number>();
  for (let value = tails.at(-1); value !== undefined; value = previous.get(value)) run.add(value);
  return run;
}
