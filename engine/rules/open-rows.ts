/**
 * Rows that missing values leave open: they would have matched for some value of what is missing, and the decision would have
 * been another. A flow asks it with each decision that misses something, so what does not depend on the decision is known
 * beforehand, as sets of rows (bits, as in `column-index.ts`): a decision is an AND over the columns here too.
 *
 * A row that asks for `null` itself has an answer to what is missing: its cell is taken as it is. Where that row decided, the
 * table has said what holds without the value, and it counts as missing for no row.
 */
import { canMatch } from './can-match.ts';
import type { Cell } from './cell.ts';
import type { CompiledTable, Row } from './compiled-table.ts';
import type { OpenRow, OpenRows, RuleDecision } from './contract.ts';
import { holdsAt } from './effective.ts';
import { rowMatters } from './row-matters.ts';

/** Whether the JSONata cell of a row holds with the values that are there. */
export type ConditionHolds = (row: number, column: number) => Promise<boolean>;

type Decided = Pick<RuleDecision, 'inputs' | 'matched' | 'outputs' | 'error'>;
type Search = (decided: Decided, at: number, most: number, holds: ConditionHolds) => Promise<OpenRows>;

/** Rows named in a sentence. */
export const MOST_NAMED = 10;

const NOTHING: OpenRows = { count: 0, missing: [], rows: [] };

export function openRowsSearch(table: CompiledTable): Search {
  const { rows, inputs } = table;
  const words = (rows.length + 31) >>> 5;
  const lastWord = rows.length % 32 === 0 ? -1 : (1 << (rows.length % 32)) - 1;
  const columns = columnsOf(table);
  const places = new Map(rows.map(({ id }, index) => [id, index]));
  const matters = rowMatters(table);
  const dated = rows.some((row) => row.effective !== null);

  return async ({ inputs: values, matched, outputs, error }, at, most, holds) => {
    if (error !== null || !holdsAt(table.effective, at)) return NOTHING;
    const answer = matched.flatMap((row) => places.get(row) ?? []).toSorted((a, b) => a - b);
    const missing: number[] = [];
    const sets: Int32Array[] = [];
    for (const [i, { name }] of inputs.entries()) {
      const { index, stays, answers } = columns[i] ?? NO_COLUMN;
      const value = values[name] ?? null;
      if (value === null && !answer.some((row) => has(answers, row))) {
        missing.push(i);
        sets.push(stays);
      } else if (index) sets.push(index.rowsFor(value));
    }
    if (missing.length === 0) return NOTHING;
    const waits = missing.map((i) => columns[i]?.waits ?? NO_ROWS);
    const end = table.hitPolicy === 'FIRST' ? (answer[0] ?? rows.length) : rows.length;

    const another = matters(answer, outputs);
    const open = new Int32Array(words);
    // Asked later: the sets are good until somebody else asks the index.
    const conditional: number[] = [];
    let before = 0;
    for (let w = 0; w * 32 < end; w++) {
      let bits = 0;
      for (const set of waits) bits |= set[w] ?? 0;
      for (const set of sets) bits &= set[w] ?? 0;
      if (w === words - 1) bits &= lastWord;
      for (; bits !== 0; bits &= bits - 1) {
        const row = w * 32 + 31 - Math.clz32(bits & -bits);
        if (row >= end) break;
        while ((answer[before] ?? Infinity) < row) before++;
        if (answer[before] === row || !another(row, before)) continue;
        if (dated && !holdsAt(rows[row]?.effective ?? null, at)) continue;
        open[w] = (open[w] ?? 0) | (bits & -bits);
        if ((rows[row]?.conditions.length ?? 0) > 0) conditional.push(row);
      }
    }
    for (const row of conditional)
      if (!(await conditionsHold(row))) open[row >>> 5] = (open[row >>> 5] ?? 0) & ~(1 << (row & 31));
    return told(open);

    /** One over something missing could hold; any other is asked. */
    async function conditionsHold(row: number): Promise<boolean> {
      for (const { column } of rows[row]?.conditions ?? [])
        if (!missing.some((i) => columns[i]?.over.get(row)?.includes(column)) && !(await holds(row, column)))
          return false;
      return true;
    }

    function told(found: Int32Array): OpenRows {
      const nameOf = (i: number): string => inputs[i]?.name ?? '';
      let count = 0;
      const first: OpenRow[] = [];
      for (const [w, word] of found.entries()) {
        count += bitsIn(word);
        for (let bits = word; bits !== 0 && first.length < most; bits &= bits - 1) {
          const row = w * 32 + 31 - Math.clz32(bits & -bits);
          const waited = missing.filter((i) => has(columns[i]?.waits ?? NO_ROWS, row));
          first.push({ row: rows[row]?.id ?? '', missing: waited.map(nameOf) });
        }
      }
      const waited = missing.filter((_, at) => found.some((word, w) => (word & (waits[at]?.[w] ?? 0)) !== 0));
      return { count, missing: waited.map(nameOf).toSorted(), rows: first };
    }
  };
}

/** A column where its value is missing. */
interface Column {
  readonly index: CompiledTable['columns'][number]['index'] | undefined;
  /** Rows that match, or would for some value. */
  readonly stays: Int32Array;
  /** Rows whose tests or expressions wait for the value. */
  readonly waits: Int32Array;
  /** Rows that ask for `null`. */
  readonly answers: Int32Array;
  /** By row: the columns whose expression is over this one. */
  readonly over: ReadonlyMap<number, readonly number[]>;
}

const NONE: readonly number[] = [];
const NO_ROWS = new Int32Array(0);
const NO_COLUMN: Column = { index: undefined, stays: NO_ROWS, waits: NO_ROWS, answers: NO_ROWS, over: new Map() };

function columnsOf(table: CompiledTable): readonly Column[] {
  const { rows } = table;
  return table.inputs.map(({ name, type }, input): Column => {
    const named = new RegExp(`(?<![$\\w])${name}\\b`);
    const over = new Map<number, readonly number[]>();
    const [stays, waits, answers] = [bitsFor(rows), bitsFor(rows), bitsFor(rows)];
    for (const [index, row] of rows.entries()) {
      const cell = row.cells[input];
      const asksForNull = cell?.kind === 'tests' && cell.tests.some(({ kind }) => kind === 'null');
      if (asksForNull && !cell.negated) set(answers, index);
      const waiting = cell?.kind === 'tests' && !asksForNull && canMatch(cell, type);
      if (waiting || cell?.kind !== 'tests' || (asksForNull && !cell.negated)) set(stays, index);
      const expressions = row.conditions.length > 0 ? conditionsOver(row, input, named) : NONE;
      if (expressions.length > 0) over.set(index, expressions);
      if (waiting || expressions.length > 0) set(waits, index);
    }
    const { index } = table.columns.find((column) => column.input === input) ?? {};
    return { index, stays, waits, answers, over };
  });
}

const conditionsOver = ({ cells, conditions }: Row, input: number, named: RegExp): readonly number[] =>
  conditions.flatMap(({ column }) => (column === input || named.test(sourceOf(cells[column])) ? [column] : []));

const sourceOf = (cell: Cell | undefined): string => (cell?.kind === 'expression' ? cell.source : '');

const bitsFor = (rows: readonly Row[]): Int32Array => new Int32Array((rows.length + 31) >>> 5);

const has = (bits: Int32Array, row: number): boolean => (((bits[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1;

function set(bits: Int32Array, row: number): void {
  bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31));
}

function bitsIn(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** For a decision's sentence and for who is asked; names, never values. `null`: nothing is left open. */
export function openSentence({ count, missing, rows }: OpenRows): string | null {
  if (count === 0) return null;
  const named = rows.slice(0, MOST_NAMED).map(({ row }) => row);
  const more = count > MOST_NAMED ? ` and ${count - MOST_NAMED} more` : '';
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing and could have decided ${
    count === 1 ? 'row' : 'rows'
  } ${named.join(', ')}${more}`;
}
