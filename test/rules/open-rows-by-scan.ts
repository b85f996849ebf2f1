/** What missing values leave open, row by row and cell by cell: slow and plain. The search by sets must agree with it. */
import { canMatch } from '../../engine/rules/can-match.ts';
import type { Cell } from '../../engine/rules/cell.ts';
import type { CompiledTable, Row } from '../../engine/rules/compiled-table.ts';
import type { OpenRow, RuleDecision, RuleValue } from '../../engine/rules/contract.ts';
import { holdsAt } from '../../engine/rules/effective.ts';
import { verdictOf, type Outputs } from '../../engine/rules/hit-policy.ts';
import { cellMatches } from '../../engine/rules/scan.ts';
import { sameValue } from '../../engine/rules/value.ts';

/** Whether the JSONata cells of a row hold with the values that are there. */
export type ConditionsHold = (row: number, column: number) => Promise<boolean>;

export async function openRowsByScan(
  table: CompiledTable,
  { inputs, matched, outputs, error }: Pick<RuleDecision, 'inputs' | 'matched' | 'outputs' | 'error'>,
  at: number,
  holds: ConditionsHold,
): Promise<readonly OpenRow[]> {
  if (error !== null || !holdsAt(table.effective, at)) return [];
  const values = table.inputs.map(({ name }) => inputs[name] ?? null);
  const answer = table.rows.flatMap(({ id }, index) => (matched.includes(id) ? [index] : []));
  const missing = table.inputs.map(
    (_, i) => values[i] === null && !answer.some((row) => asksForNull(table.rows[row]?.cells[i])),
  );
  if (!missing.includes(true)) return [];
  const end = table.hitPolicy === 'FIRST' ? (answer[0] ?? table.rows.length) : table.rows.length;
  const found: OpenRow[] = [];
  for (const [index, row] of table.rows.entries()) {
    if (index >= end) break;
    if (answer.includes(index) || !holdsAt(row.effective, at)) continue;
    const decisive = decisiveFor(table, row, values, missing);
    if (decisive === null || !changes(table, answer, index, outputs)) continue;
    const open = await withConditions(table, row, index, decisive, missing, holds);
    if (open) found.push({ row: row.id, missing: open.map((column) => table.inputs[column]?.name ?? '') });
  }
  return found;
}

/** Missing inputs that the row's tests wait for; `null`: it does not match whatever they are. */
function decisiveFor(
  { inputs }: CompiledTable,
  { cells }: Row,
  values: readonly RuleValue[],
  missing: readonly boolean[],
): number[] | null {
  const decisive: number[] = [];
  for (const [i, { type }] of inputs.entries()) {
    const cell = cells[i];
    if (!cell || cell.kind !== 'tests') continue;
    if (!missing[i] || cell.tests.some(({ kind }) => kind === 'null')) {
      if (!cellMatches(cell, type, values[i] ?? null)) return null;
    } else if (canMatch(cell, type)) decisive.push(i);
    else return null;
  }
  return decisive;
}

/** An expression that is over something missing could hold; any other is asked. */
async function withConditions(
  { inputs }: CompiledTable,
  { cells, conditions }: Row,
  index: number,
  decisive: readonly number[],
  missing: readonly boolean[],
  holds: ConditionsHold,
): Promise<readonly number[] | null> {
  const open = new Set(decisive);
  for (const { column } of conditions) {
    const cell = cells[column];
    const source = cell?.kind === 'expression' ? cell.source : '';
    const over = inputs.flatMap(({ name }, i) =>
      missing[i] && (i === column || new RegExp(`(?<![$\\w])${name}\\b`).test(source)) ? [i] : [],
    );
    if (over.length > 0) over.forEach((one) => open.add(one));
    else if (!(await holds(index, column))) return null;
  }
  return open.size === 0 ? null : [...open].toSorted((a, b) => a - b);
}

/** Whether it would be another decision with this row. What an expression gives is not known: it would. */
function changes(
  table: CompiledTable,
  answer: readonly number[],
  row: number,
  outputs: RuleDecision['outputs'],
): boolean {
  const rows = table.hitPolicy === 'FIRST' ? [row] : [...answer, row].toSorted((a, b) => a - b);
  const given: Outputs[] = [];
  for (const one of rows) {
    const gives = plainOutputs(table, one);
    if (gives === null) return true;
    given.push(gives);
  }
  const verdict = verdictOf(table, rows, given);
  if (verdict.error !== null || verdict.outputs === null || outputs === null) return true;
  const made = verdict.outputs;
  return table.outputs.some(({ name }) => !sameValue(made[name] ?? null, outputs[name] ?? null));
}

function plainOutputs({ rows, outputs }: CompiledTable, row: number): Outputs | null {
  const given: Record<string, RuleValue> = {};
  for (const [i, { name }] of outputs.entries()) {
    const cell = rows[row]?.gives[i];
    if (!cell || 'expression' in cell) return null;
    given[name] = cell.value;
  }
  return given;
}

const asksForNull = (cell: Cell | undefined): boolean =>
  cell?.kind === 'tests' && !cell.negated && cell.tests.some(({ kind }) => kind === 'null');
