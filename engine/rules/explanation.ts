/** A decision as data, with why each other row did not decide: a scan of the whole table, so only when somebody asks. */
import { cellText } from './cell.ts';
import type { CompiledTable, Row } from './compiled-table.ts';
import type { RowRefusal, RuleDecision, RuleExplanation, RuleValue } from './contract.ts';
import { holdsAt } from './effective.ts';
import { failing } from './explain.ts';
import { cellMatches } from './scan.ts';

export function explanationOf(
  table: CompiledTable,
  values: readonly RuleValue[],
  decision: RuleDecision,
  now: Date,
  most: number,
): RuleExplanation {
  const matched = new Set(decision.matched);
  const byColumn = new Map<string, number>();
  const refusals: { readonly row: Row; readonly failed: readonly number[] }[] = [];
  for (const row of table.rows) {
    if (matched.has(row.id)) continue;
    const failed = failedCells(table, row, values);
    for (const column of failed) {
      const name = table.inputs[column]?.name ?? '';
      byColumn.set(name, (byColumn.get(name) ?? 0) + 1);
    }
    refusals.push({ row, failed });
  }
  // Stable: rows as near as each other stay in table order.
  const nearest = refusals.toSorted((a, b) => a.failed.length - b.failed.length).slice(0, Math.max(0, most));
  return {
    table: table.name,
    title: table.title,
    version: table.version,
    at: decision.at,
    hitPolicy: table.hitPolicy,
    aggregation: table.aggregation,
    deterministic: decision.deterministic,
    inputs: table.inputs.map(({ name, label, unit = null }, i) => ({ name, label, unit, value: values[i] ?? null })),
    matched: decision.matched,
    outputs: decision.outputs,
    error: decision.error,
    sentence: decision.sentence,
    others: {
      count: refusals.length,
      byColumn: table.inputs.flatMap(({ name, label }) => {
        const rows = byColumn.get(name);
        return rows === undefined ? [] : [{ column: name, label, rows }];
      }),
      nearest: nearest.map(({ row, failed }) => refusalOf(table, decision, row, failed, values, now)),
    },
  };
}

/** Columns whose cell does not match; expressions are left out. */
function failedCells(table: CompiledTable, row: Row, values: readonly RuleValue[]): readonly number[] {
  const failed: number[] = [];
  for (const [i, { type }] of table.inputs.entries()) {
    const cell = row.cells[i];
    if (cell && cell.kind !== 'expression' && !cellMatches(cell, type, values[i] ?? null)) failed.push(i);
  }
  return failed;
}

function refusalOf(
  table: CompiledTable,
  decision: RuleDecision,
  row: Row,
  failed: readonly number[],
  values: readonly RuleValue[],
  now: Date,
): RowRefusal {
  const cells = (columns: readonly number[]): RowRefusal['cells'] =>
    columns.flatMap((column) => {
      const [input, cell] = [table.inputs[column], row.cells[column]];
      if (!input || !cell) return [];
      return [{ column: input.name, cell: cellText(cell), reason: failing(input, cell, values[column] ?? null) }];
    });
  const said = (why: RowRefusal['why'], columns: readonly number[], sentence?: string): RowRefusal => {
    const list = cells(columns);
    const reasons = list.map(({ reason }) => reason).join(' and ');
    return { row: row.id, why, cells: list, sentence: `Row ${row.id} does not match: ${sentence ?? reasons}` };
  };
  if (failed.length > 0) return said('cells', failed);
  if (!holdsAt(row.effective, now.getTime())) return said('not-in-force', [], 'it is not in force at this time');
  if (!holdsAt(table.effective, now.getTime()))
    return said('not-in-force', [], 'the table is not in force at this time');
  const decided = decision.matched[0];
  if (table.hitPolicy === 'FIRST' && decided !== undefined)
    return {
      row: row.id,
      why: 'later',
      cells: [],
      sentence: `Row ${row.id} is not asked: row ${decided} comes before it and matches`,
    };
  if (row.conditions.length > 0)
    return said(
      'condition',
      row.conditions.map(({ column }) => column),
    );
  return { row: row.id, why: 'later', cells: [], sentence: `Row ${row.id} matches too, beyond those that are named` };
}
