/**
 * A column turned on its side: for each value (or stretch between two thresholds) the set of rows whose cell matches, as
 * bits. A decision is then an AND over the columns, whatever the number of rows. Rows whose cell is an expression count
 * as matching here and are asked one by one afterwards.
 *
 * Where a bitset for every value would take too much memory, some are kept and the others are made from the nearest
 * kept one by toggling the rows that differ.
 */
import type { Cell, Range } from './cell.ts';
import type { RuleValue } from './contract.ts';
import { isOrdered, orderOf, type ColumnType, type Scalar } from './value.ts';

export interface ColumnIndex {
  /** The rows that match; valid until the next call. */
  rowsFor(value: RuleValue): Int32Array;
}

/** Bytes of bitsets kept for one column. */
const BUDGET = 8 * 1024 * 1024;

/** `undefined`: every cell is `-` or an expression, so the column decides nothing. */
export function indexColumn(
  cells: readonly Cell[],
  type: ColumnType,
  budget: number = BUDGET,
): ColumnIndex | undefined {
  if (cells.every((cell) => cell.kind !== 'tests')) return undefined;
  if (type === 'list') return listIndex(cells, budget);
  return isOrdered(type) ? orderedIndex(cells, type, budget) : equalsIndex(cells, budget);
}

const wordsFor = (rows: number): number => (rows + 31) >>> 5;
const setRow = (bits: Int32Array, row: number): void => {
  bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31));
};
const toggleRow = (bits: Int32Array, row: number): void => {
  bits[row >>> 5] = (bits[row >>> 5] ?? 0) ^ (1 << (row & 31));
};

function bitsWhere(cells: readonly Cell[], wanted: (cell: Cell) => boolean): Int32Array {
  const bits = new Int32Array(wordsFor(cells.length));
  cells.forEach((cell, row) => wanted(cell) && setRow(bits, row));
  return bits;
}

const open = (cell: Cell): boolean => cell.kind !== 'tests';
const negated = (cell: Cell): boolean => cell.kind === 'tests' && cell.negated;
const takesNull = (cell: Cell): boolean =>
  open(cell) || (cell.kind === 'tests' && !cell.negated && cell.tests.some((test) => test.kind === 'null'));

/** Rows that name each value, by value. */
function mentions(cells: readonly Cell[]): Map<Scalar, number[]> {
  const rows = new Map<Scalar, number[]>();
  cells.forEach((cell, row) => {
    if (cell.kind !== 'tests') return;
    const values = new Set(cell.tests.flatMap((test) => (test.kind === 'equals' ? [test.value] : [])));
    for (const value of values) {
      const list = rows.get(value);
      if (list) list.push(row);
      else rows.set(value, [row]);
    }
  });
  return rows;
}

function equalsIndex(cells: readonly Cell[], budget: number): ColumnIndex {
  const ofNull = bitsWhere(cells, takesNull);
  const others = bitsWhere(cells, (cell) => open(cell) || negated(cell));
  const named = mentions(cells);
  const withToggled = (rows: readonly number[], into: Int32Array): Int32Array => {
    into.set(others);
    for (const row of rows) toggleRow(into, row);
    return into;
  };
  if (named.size * others.byteLength > budget) {
    const scratch = new Int32Array(others.length);
    return {
      rowsFor(value) {
        if (value === null) return ofNull;
        const rows = named.get(value as Scalar);
        return rows ? withToggled(rows, scratch) : others;
      },
    };
  }
  const kept = new Map([...named].map(([value, rows]) => [value, withToggled(rows, new Int32Array(others.length))]));
  return { rowsFor: (value) => (value === null ? ofNull : (kept.get(value as Scalar) ?? others)) };
}

/** A list matches a test if one of its elements does; `not(…)` if none does. */
function listIndex(cells: readonly Cell[], budget: number): ColumnIndex {
  const ofNull = bitsWhere(cells, takesNull);
  const others = bitsWhere(cells, (cell) => open(cell) || negated(cell));
  const isNegated = bitsWhere(cells, negated);
  // Few rows: a list of them; many: their bits. Either takes no more room than the cells themselves.
  const named = new Map<Scalar, { readonly rows: readonly number[]; readonly bits: Int32Array | null }>();
  for (const [value, rows] of mentions(cells)) {
    const bits = rows.length > others.length ? new Int32Array(others.length) : null;
    if (bits) for (const row of rows) setRow(bits, row);
    named.set(value, { rows, bits });
  }
  const hit = new Int32Array(others.length);
  const result = new Int32Array(others.length);
  const rowsWith = (elements: readonly Scalar[]): Int32Array => {
    hit.fill(0);
    for (const element of elements) {
      const found = named.get(element);
      if (found?.bits) for (let w = 0; w < hit.length; w++) hit[w] = (hit[w] ?? 0) | (found.bits[w] ?? 0);
      else if (found) for (const row of found.rows) setRow(hit, row);
    }
    // A row that was hit changes sides: in if it is positive, out if it is negated.
    for (let w = 0; w < hit.length; w++)
      result[w] = ((others[w] ?? 0) | (hit[w] ?? 0)) & ~((isNegated[w] ?? 0) & (hit[w] ?? 0));
    return result;
  };
  // Most lists have one element or none.
  const alone =
    named.size * others.byteLength > budget
      ? undefined
      : new Map([...named.keys()].map((value) => [value, rowsWith([value]).slice()]));
  return {
    rowsFor(value) {
      if (!Array.isArray(value)) return ofNull;
      const elements = value as readonly Scalar[];
      if (elements.length === 0) return others;
      if (elements.length === 1 && alone) return alone.get(elements[0] ?? '') ?? others;
      return rowsWith(elements);
    },
  };
}

/**
 * The axis is cut at every threshold: segment 2i is the open gap before threshold i, segment 2i+1 the threshold itself.
 * Going up the axis, each segment differs from the one before by the rows that begin or end there.
 */
function orderedIndex(cells: readonly Cell[], type: ColumnType, budget: number): ColumnIndex {
  const ofNull = bitsWhere(cells, takesNull);
  const cuts = thresholds(cells);
  const segments = 2 * cuts.length + 1;
  const toggles: number[][] = Array.from({ length: segments }, () => []);
  const first = bitsWhere(cells, (cell) => open(cell) || negated(cell));
  cells.forEach((cell, row) => {
    if (cell.kind !== 'tests') return;
    const ranges = cell.tests.filter((test) => test.kind === 'range');
    for (const [from, to] of joined(ranges.map((range) => stretch(range, cuts)))) {
      toggles[from]?.push(row);
      toggles[to + 1]?.push(row);
    }
  });
  const words = first.length;
  const stride = Math.max(1, Math.ceil((segments * words * 4) / budget));
  const kept: Int32Array[] = [];
  const current = first;
  toggles.forEach((rows, segment) => {
    for (const row of rows) toggleRow(current, row);
    if (segment % stride === 0)
      kept.push(segment > 0 && stride === 1 && rows.length === 0 ? lastOf(kept) : current.slice());
  });
  const scratch = new Int32Array(words);
  return {
    rowsFor(value) {
      if (value === null) return ofNull;
      const segment = segmentOf(orderOf(type, value), cuts);
      const base = kept[Math.floor(segment / stride)] ?? first;
      if (segment % stride === 0) return base;
      scratch.set(base);
      for (let s = segment - (segment % stride) + 1; s <= segment; s++)
        for (const row of toggles[s] ?? []) toggleRow(scratch, row);
      return scratch;
    },
  };
}

function lastOf(kept: readonly Int32Array[]): Int32Array {
  const last = kept.at(-1);
  if (!last) throw new TypeError('no bitset is kept before the second');
  return last;
}

/** Every bound that a range of the column has, in order. */
export function thresholds(cells: readonly Cell[]): Float64Array {
  const all = new Set<number>();
  for (const cell of cells)
    if (cell.kind === 'tests')
      for (const test of cell.tests)
        if (test.kind === 'range') for (const end of [test.low, test.high]) if (Number.isFinite(end)) all.add(end);
  return Float64Array.from(all).toSorted();
}

/** First and last segment of a range. */
export function stretch(range: Range, cuts: Float64Array): [number, number] {
  const from = range.low === -Infinity ? 0 : segmentOf(range.low, cuts) + (range.lowOpen ? 1 : 0);
  const to = range.high === Infinity ? 2 * cuts.length : segmentOf(range.high, cuts) - (range.highOpen ? 1 : 0);
  return [from, to];
}

/** Overlapping and touching stretches made one, so that no row is toggled twice for one segment. */
export function joined(stretches: readonly (readonly [number, number])[]): [number, number][] {
  const result: [number, number][] = [];
  for (const [from, to] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else if (from <= to) result.push([from, to]);
  }
  return result;
}

function segmentOf(point: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? 0) < point) low = middle + 1;
    else high = middle;
  }
  return cuts[low] === point ? 2 * low + 1 : 2 * low;
}
