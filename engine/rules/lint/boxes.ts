/**
 * A row as a box: a set of values for each column, and one of moments. What no row takes is found by cutting the space
 * along one row after the other, depth first; the work is bounded, and what was not looked at is said.
 */
import type { Cell } from '../cell.ts';
import type { CompiledTable } from '../compiled-table.ts';
import type { RuleValue } from '../contract.ts';
import type { Period } from '../effective.ts';
import { domainOf, type Domain, type Region } from './region.ts';

export type Box = readonly Region[];

export interface RowBox {
  /** `null` in the place of an expression, whose values nobody knows. */
  readonly sides: readonly (Region | null)[];
  /** Columns that leave something out. */
  readonly narrow: readonly number[];
  readonly hasExpressions: boolean;
}

export interface Space {
  /** One for each input, and the last for the moment of the decision. */
  readonly domains: readonly Domain[];
  readonly rows: readonly RowBox[];
  /** All values that are there, from now on, while the table is in force. */
  readonly values: Box;
  /** And what is missing. */
  readonly all: Box;
}

const cellOfPeriod = (period: Period | null): Exclude<Cell, { kind: 'expression' }> =>
  period === null
    ? { kind: 'any' }
    : {
        kind: 'tests',
        negated: false,
        tests: [{ kind: 'range', low: period.from, lowOpen: false, high: period.until, highOpen: true }],
        texts: [''],
      };

export function spaceOf(table: CompiledTable, now: Date): Space {
  const at = now.getTime();
  // A table that is over is judged as it was.
  const from = table.effective && table.effective.until <= at ? table.effective.from : at;
  const future = cellOfPeriod({
    from: Math.max(from, table.effective?.from ?? from),
    until: table.effective?.until ?? Infinity,
  });
  const periods = table.rows.map(({ effective }) => cellOfPeriod(effective));
  const columns = [
    ...table.inputs.map(({ type }, i) => ({
      type,
      cells: table.rows.map((row): Cell => row.cells[i] ?? { kind: 'any' }),
    })),
    { type: 'dateTime' as const, cells: periods },
  ];
  const domains = columns.map(({ type, cells }) => domainOf(type, type === 'dateTime' ? [...cells, future] : cells));
  const sides = columns.map(({ cells }, c) => sidesOf(domains[c], cells));
  const rows = table.rows.map((_, r): RowBox => {
    const mine = sides.map((column) => column[r] ?? null);
    const narrow = mine.flatMap((_, c) => (columns[c]?.cells[r]?.kind === 'any' ? [] : [c]));
    return { sides: mine, narrow, hasExpressions: mine.includes(null) };
  });
  const time = domains.at(-1)?.of(future) ?? [];
  const inputs = domains.slice(0, -1);
  return {
    domains,
    rows,
    values: [...inputs.map(({ values }) => values), time],
    all: [...inputs.map(({ all }) => all), time],
  };
}

/** Cells that are written the same are the same set, made once. */
function sidesOf(domain: Domain | undefined, cells: readonly Cell[]): readonly (Region | null)[] {
  const made = new Map<string, Region>();
  return cells.map((cell) => {
    if (cell.kind === 'expression' || !domain) return null;
    const key = cell.kind === 'any' ? '-' : JSON.stringify([cell.negated, cell.tests]);
    const known = made.get(key);
    if (known) return known;
    const region = domain.of(cell);
    made.set(key, region);
    return region;
  });
}

/** What may still be done. */
export class Work {
  left: number;

  constructor(left: number) {
    this.left = left;
  }

  /** `false`: there is none left. */
  spend(): boolean {
    return --this.left >= 0;
  }
}

/** Whether some input is in the box and in the row; expressions count as everything. */
export function meets(space: Space, box: Box, row: RowBox): boolean {
  return row.narrow.every((c) => {
    const [domain, side] = [space.domains[c], row.sides[c]];
    return !domain || !side || !domain.isEmpty(domain.and(box[c] ?? [], side));
  });
}

/** How deep boxes are cut within each other. */
const DEEPEST = 1_500;

/**
 * A part of the box that none of the rows takes.
 * @param rows expressions in them count as everything
 * @returns `null`: they take all of it
 */
export function uncovered(
  space: Space,
  box: Box,
  rows: readonly RowBox[],
  work: Work,
  from = 0,
  depth = 0,
): Box | null | 'not-checked' {
  if (depth > DEEPEST) return 'not-checked';
  for (let i = from; i < rows.length; i++) {
    const row = rows[i];
    if (!work.spend()) return 'not-checked';
    if (!row || !meets(space, box, row)) continue;
    const rest = [...box];
    let unknown = false;
    for (const c of row.narrow) {
      const [domain, side] = [space.domains[c], row.sides[c]];
      if (!domain || !side) continue;
      const whole = rest[c] ?? [];
      const outside = domain.without(whole, side);
      if (!domain.isEmpty(outside)) {
        rest[c] = outside;
        const found = uncovered(space, rest, rows, work, i + 1, depth + 1);
        if (found === 'not-checked') unknown = true;
        else if (found) return found;
        if (unknown && work.left <= 0) return 'not-checked';
      }
      rest[c] = domain.and(whole, side);
    }
    return unknown ? 'not-checked' : null;
  }
  return box;
}

/** The box of a row, or `null` where nothing can be in it. */
export function boxOf(space: Space, row: RowBox): Box | null {
  const box = space.domains.map((domain, c) => domain.and(space.all[c] ?? domain.all, row.sides[c] ?? domain.all));
  return box.some((side, c) => space.domains[c]?.isEmpty(side)) ? null : box;
}

/** Inputs by name, and when; `at` is `null` where the moment does not matter. */
export function sampleOf(
  table: CompiledTable,
  space: Space,
  box: Box,
): { readonly input: Readonly<Record<string, RuleValue>>; readonly at: string | null } {
  const value = (c: number): RuleValue => space.domains[c]?.sample(box[c] ?? []) ?? null;
  const dated = table.rows.some(({ effective }) => effective !== null);
  const moment = value(table.inputs.length);
  return {
    input: Object.fromEntries(table.inputs.map(({ name }, c) => [name, value(c)])),
    at: dated && typeof moment === 'string' ? moment : null,
  };
}
