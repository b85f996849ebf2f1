/** A decision in one plain sentence: what was seen, what it met, which row came out. Shown with the decision, never logged. */
import type { CompiledTable, Input, Row } from './compiled-table.ts';
import { cellText, type Cell } from './cell.ts';
import type { Aggregation, RuleValue } from './contract.ts';
import { testMatches } from './scan.ts';

export function explain(
  table: CompiledTable,
  values: readonly RuleValue[],
  rows: readonly number[],
  hasOutputs: boolean,
  error: string | null,
): string {
  const matched = rows.flatMap((row) => table.rows[row] ?? []);
  if (error !== null) {
    const named = matched.map((row) => row.id).join(', ');
    return `No decision: ${error}${named === '' ? '' : ` Rows: ${named}.`}`;
  }
  const [row, ...others] = matched;
  const missing = table.inputs.filter((_, i) => (values[i] ?? null) === null).map(({ label }) => label);
  const note = missing.length === 0 ? '' : `; ${listed(missing)} ${missing.length === 1 ? 'was' : 'were'} missing`;
  const seen = table.inputs.flatMap((input, i) => {
    const value = values[i] ?? null;
    return value === null ? [] : `${input.label} ${shown(input, value)}`;
  });
  const what = seen.length === 0 ? 'these inputs' : listed(seen);
  if (row && others.length > 0 && table.hitPolicy === 'COLLECT')
    return `Rows ${named(matched)} match ${what}: their outputs are ${TOGETHER[table.aggregation]}${note}`;
  if (row) {
    const reasons = table.inputs.flatMap((input, i) => {
      const cell = row.cells[i];
      return !cell || cell.kind === 'any' ? [] : reason(input, cell, values[i] ?? null);
    });
    const why = reasons.length === 0 ? 'Any value' : listed(reasons);
    return `${why}: row ${row.id}${row.note === null ? '' : ` (${row.note})`}${besides(table, others)}${note}`;
  }
  return `No row matches ${what}: ${hasOutputs ? 'otherwise holds' : 'nothing is decided'}${note}`;
}

const TOGETHER: Readonly<Record<Aggregation, string>> = {
  none: 'listed',
  SUM: 'added up',
  MIN: 'compared and the least is taken',
  MAX: 'compared and the greatest is taken',
  COUNT: 'counted',
};

/** What the other rows that matched had to say. */
function besides({ hitPolicy }: CompiledTable, others: readonly Row[]): string {
  if (others.length === 0) return '';
  const rows = `${others.length === 1 ? 'row' : 'rows'} ${named(others)}`;
  if (hitPolicy === 'PRIORITY') return `, which goes before ${rows}`;
  return `; ${rows} ${others.length === 1 ? 'says' : 'say'} the same`;
}

const MOST_NAMED = 10;

const named = (rows: readonly Row[]): string =>
  rows.length > MOST_NAMED
    ? `${rows
        .slice(0, MOST_NAMED)
        .map(({ id }) => id)
        .join(', ')} and ${rows.length - MOST_NAMED} more`
    : listed(rows.map(({ id }) => id));

/** Why a cell does not match. */
export function failing(input: Input, cell: Cell, value: RuleValue): string {
  if (value === null) return `${input.label} is missing`;
  const seen = `${input.label} ${shown(input, value)}`;
  if (cell.kind === 'expression') return `${seen} does not meet the condition of the row`;
  if (cell.kind === 'tests' && cell.negated) return `${seen} is ${[...new Set(cell.texts)].join(', ')}`;
  return `${seen} is not ${cellText(cell)}`;
}

function reason(input: Input, cell: Exclude<Cell, { kind: 'any' }>, value: RuleValue): string {
  if (value === null && cell.kind === 'tests') return `${input.label} is missing`;
  const what = `${input.label} ${value === null ? '(missing)' : shown(input, value)}`;
  if (cell.kind === 'expression') return `${what} meets the condition of the row`;
  if (cell.negated)
    return `${what} is ${cell.texts.length === 1 ? 'not' : 'none of'} ${[...new Set(cell.texts)].join(', ')}`;
  const met = cell.tests.findIndex((test) => testMatches(test, input.type, value));
  const [test, text = ''] = [cell.tests[met], cell.texts[met]];
  if (test?.kind === 'equals')
    return Array.isArray(value)
      ? `${input.label} has ${String(test.value)}`
      : `${input.label} is ${String(test.value) || 'empty'}`;
  if (/^[<>]/.test(text)) return `${what} is ${text}`;
  return /^[[\](]/.test(text) ? `${what} is within ${text}` : `${input.label} is ${shown(input, value)}`;
}

function shown(input: Input, value: RuleValue): string {
  const plain = Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : String(value) || 'empty';
  return input.unit === undefined ? plain : `${plain} ${input.unit}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
