/** Whether a cell could match at all: some do for no value of their type, as an open interval between two neighbouring days. */
import type { Cell, Range } from './cell.ts';
import { isOrdered, type ColumnType } from './value.ts';

const DAY = 86_400_000;

/** Whether some value of the type meets the cell. */
export function canMatch(cell: Extract<Cell, { kind: 'tests' }>, type: ColumnType): boolean {
  const { tests, negated } = cell;
  // What most of the tens of thousands of cells of a table are. No range of numbers is empty: the parser refuses it.
  if (!negated && (type === 'number' || !isOrdered(type))) return tests.some(({ kind }) => kind !== 'null');
  if (!isOrdered(type)) {
    const named = new Set(tests.flatMap((test) => (test.kind === 'equals' ? [test.value] : [])));
    return type !== 'boolean' || named.size < 2;
  }
  const ranges = tests.filter((test) => test.kind === 'range');
  return pointsAround(ranges, type).some((point) => ranges.some((range) => within(range, point)) !== negated);
}

/** One point of each stretch that the ranges tell apart, as far as the type has one there. */
function pointsAround(ranges: readonly Range[], type: ColumnType): readonly number[] {
  const ends = [...new Set(ranges.flatMap(({ low, high }) => [low, high]))].filter(Number.isFinite);
  const sorted = ends.toSorted((a, b) => a - b);
  if (type === 'number') {
    const between = sorted.flatMap((end, i) => (i === 0 ? [] : [(end + (sorted[i - 1] ?? end)) / 2]));
    return [...sorted, ...between, (sorted[0] ?? 0) - 1, (sorted.at(-1) ?? 0) + 1];
  }
  const step = type === 'date' ? DAY : 1;
  const near = sorted.length === 0 ? [0] : sorted.flatMap((end) => [end - step, end, end + step]);
  return type === 'time' ? near.filter((point) => point >= 0 && point < DAY) : near;
}

const within = ({ low, lowOpen, high, highOpen }: Range, point: number): boolean =>
  (lowOpen ? point > low : point >= low) && (highOpen ? point < high : point <= high);
