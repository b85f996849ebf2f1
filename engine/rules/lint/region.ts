/**
 * Sets of values of one column, closed under what the lint does with them: a cell's values, two sets together, one without
 * the values of a cell. Exact: a set is empty if and only if no value is in it, and gives a value otherwise.
 */
import type { Cell } from '../cell.ts';
import { joined, stretch, thresholds } from '../column-index.ts';
import type { RuleValue } from '../contract.ts';
import { isOrdered, type ColumnType, type Scalar } from '../value.ts';
import { betweenOn, pointOn } from './axis.ts';

/** First and last atom of each stretch, in order: `[0, 3, 5, 5]`. */
export type Spans = readonly number[];

/** Lists that have one of each of `any` and nothing of `none`; `null`: no list. */
export interface Lists {
  readonly nulls: boolean;
  readonly lists: { readonly any: readonly (readonly Scalar[])[]; readonly none: readonly Scalar[] } | null;
}

export type Region = Spans | Lists;

export interface Domain {
  /** Every value of the type, without `null`. */
  readonly values: Region;
  /** With `null`. */
  readonly all: Region;
  of(cell: Exclude<Cell, { kind: 'expression' }>): Region;
  and(a: Region, b: Region): Region;
  /** `b` is what `of` gave. */
  without(a: Region, b: Region): Region;
  isEmpty(region: Region): boolean;
  /** Of a set that is not empty. */
  sample(region: Region): RuleValue;
}

export function domainOf(type: ColumnType, cells: readonly Cell[]): Domain {
  if (type === 'list') return listDomain;
  return isOrdered(type) ? orderedDomain(type, cells) : namedDomain(type, cells);
}

/** The axis cut at every bound; what holds no value of the type (between two days that follow each other) is left out. */
function orderedDomain(type: ColumnType, cells: readonly Cell[]): Domain {
  const cuts = thresholds(cells);
  const samples: RuleValue[] = [];
  // Of each segment: how many atoms lie before it.
  const before: number[] = [];
  for (let segment = 0; segment <= 2 * cuts.length; segment++) {
    before.push(samples.length);
    const value =
      segment % 2 === 1
        ? pointOn(type, cuts[(segment - 1) / 2] ?? 0)
        : betweenOn(type, cuts[segment / 2 - 1] ?? -Infinity, cuts[segment / 2] ?? Infinity);
    if (value !== undefined) samples.push(value);
  }
  before.push(samples.length);
  return atomDomain(samples, (test) => {
    if (test.kind !== 'range') return [];
    const [from, to] = stretch(test, cuts);
    const [first, last] = [before[from] ?? 0, (before[to + 1] ?? 0) - 1];
    return first <= last ? [[first, last]] : [];
  });
}

function namedDomain(type: ColumnType, cells: readonly Cell[]): Domain {
  const named = new Set<Scalar>(type === 'boolean' ? [true, false] : []);
  for (const cell of cells)
    if (cell.kind === 'tests') for (const test of cell.tests) if (test.kind === 'equals') named.add(test.value);
  const samples: RuleValue[] = [...named];
  if (type === 'string') samples.push(otherThan(named));
  const place = new Map(samples.map((value, i) => [value, i]));
  return atomDomain(samples, (test) => {
    const at = test.kind === 'equals' ? place.get(test.value) : undefined;
    return at === undefined ? [] : [[at, at]];
  });
}

function otherThan(named: ReadonlySet<Scalar>): string {
  for (let number = 1; ; number++) {
    const text = number === 1 ? 'other' : `other-${number}`;
    if (!named.has(text)) return text;
  }
}

type TestOf = Extract<Cell, { kind: 'tests' }>['tests'][number];

/** Values that no cell tells apart are one atom; `null` is the last. */
function atomDomain(samples: readonly RuleValue[], atomsOf: (test: TestOf) => readonly [number, number][]): Domain {
  const nothing = samples.length;
  const values: Spans = nothing > 0 ? [0, nothing - 1] : [];
  const all: Spans = [0, nothing];
  const flat = (stretches: readonly (readonly [number, number])[]): Spans => joined(stretches).flat();
  return {
    values,
    all,
    of(cell) {
      if (cell.kind === 'any') return all;
      const met = cell.tests.flatMap((test): readonly [number, number][] =>
        test.kind === 'null' ? (cell.negated ? [] : [[nothing, nothing]]) : atomsOf(test),
      );
      return cell.negated ? spansWithout(values, flat(met)) : flat(met);
    },
    and: (a: Spans, b: Spans) => spansAnd(a, b),
    without: (a: Spans, b: Spans) => spansWithout(a, b),
    isEmpty: (region: Spans) => region.length === 0,
    sample: (region: Spans) => samples[region[0] ?? nothing] ?? null,
  };
}

function spansAnd(a: Spans, b: Spans): Spans {
  const result: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] ?? 0, b[j] ?? 0);
    const [endA, endB] = [a[i + 1] ?? 0, b[j + 1] ?? 0];
    const to = Math.min(endA, endB);
    if (from <= to) result.push(from, to);
    if (endA < endB) i += 2;
    else j += 2;
  }
  return result;
}

function spansWithout(a: Spans, b: Spans): Spans {
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i] ?? 0;
    const to = a[i + 1] ?? 0;
    while (j < b.length && (b[j + 1] ?? 0) < from) j += 2;
    for (let k = j; k < b.length && (b[k] ?? 0) <= to; k += 2) {
      if ((b[k] ?? 0) > from) result.push(from, (b[k] ?? 0) - 1);
      from = (b[k + 1] ?? 0) + 1;
    }
    if (from <= to) result.push(from, to);
  }
  return result;
}

const listDomain: Domain = {
  values: { nulls: false, lists: { any: [], none: [] } },
  all: { nulls: true, lists: { any: [], none: [] } },
  of(cell) {
    if (cell.kind === 'any') return { nulls: true, lists: { any: [], none: [] } };
    const named = [...new Set(cell.tests.flatMap((test) => (test.kind === 'equals' ? [test.value] : [])))];
    if (cell.negated) return { nulls: false, lists: { any: [], none: named } };
    const nulls = cell.tests.some((test) => test.kind === 'null');
    return { nulls, lists: named.length > 0 ? { any: [named], none: [] } : null };
  },
  and: (a: Lists, b: Lists) => ({
    nulls: a.nulls && b.nulls,
    lists: a.lists && b.lists && { any: [...a.lists.any, ...b.lists.any], none: [...a.lists.none, ...b.lists.none] },
  }),
  without(a: Lists, b: Lists) {
    const nulls = a.nulls && !b.nulls;
    if (!a.lists || !b.lists) return { nulls, lists: a.lists };
    const [{ any, none }, taken] = [a.lists, b.lists];
    // A cell asks for one of some or for none of some, never for both.
    if (taken.any[0]) return { nulls, lists: { any, none: [...none, ...taken.any[0]] } };
    if (taken.none.length > 0) return { nulls, lists: { any: [...any, taken.none], none } };
    return { nulls, lists: null };
  },
  isEmpty: (region: Lists) => !region.nulls && (!region.lists || elementsOf(region.lists) === null),
  sample: (region: Lists) => (region.lists ? elementsOf(region.lists) : null),
};

/** A list that fits, or `null`. */
function elementsOf({ any, none }: NonNullable<Lists['lists']>): readonly Scalar[] | null {
  const found = new Set<Scalar>();
  for (const wanted of any) {
    const one = wanted.find((value) => found.has(value)) ?? wanted.find((value) => !none.includes(value));
    if (one === undefined) return null;
    found.add(one);
  }
  return [...found];
}
