/** Small rule tables for tests: only what a test is about needs saying. */
import { RuleTable } from '../../engine/rules/rule-table.ts';
import type { RuleDecision } from '../../engine/rules/contract.ts';

export const NOW = new Date('2026-03-10T12:00:00Z');

export interface TableParts {
  readonly [part: string]: unknown;
}

/** A row of the file. From a map: an object literal with a member `then` would count as a promise. */
export const row = (id: string, when: readonly string[], gives: readonly unknown[], more: TableParts = {}): object => ({
  ...Object.fromEntries(
    new Map<string, unknown>([
      ['id', id],
      ['when', when],
      ['then', gives],
    ]),
  ),
  ...more,
});

export function tableFile(parts: TableParts = {}): Record<string, unknown> {
  return {
    kind: 'rule-table',
    format: 1,
    name: 'trial',
    title: 'A table for tests',
    owner: { name: 'Safety committee', contact: 'safety@example.org' },
    reason: 'Tests need one',
    hitPolicy: 'FIRST',
    inputs: [
      { name: 'code', label: 'Code', expression: 'event.data.code', type: 'string' },
      { name: 'value', label: 'Value', expression: 'event.data.value', type: 'number', unit: 'mmol/L' },
    ],
    outputs: [{ name: 'lane', type: 'string', values: ['stat', 'urgent', 'routine'] }],
    rows: [row('high', ['"K"', '> 6.2'], ['stat'], { note: 'too high' })],
    otherwise: ['routine'],
    ...parts,
  };
}

/** A table of one input column whose rows are these cells, giving the number of the row. */
export function column(type: string, cells: readonly string[], more: TableParts = {}): RuleTable {
  return RuleTable.compile(
    tableFile({
      inputs: [{ name: 'x', label: 'X', expression: 'event.data.x', type }],
      outputs: [{ name: 'row', type: 'number' }],
      rows: cells.map((cell, i) => row(`r${i}`, [cell], [i])),
      otherwise: null,
      ...more,
    }),
  );
}

/** For tables without expressions. */
export function decideNow(table: RuleTable, input: Readonly<Record<string, unknown>>, now = NOW): RuleDecision {
  const decision = table.decide(input, { now });
  if (decision instanceof Promise) throw new TypeError('the table has expressions');
  return decision;
}

/** The first row whose cell matches `value`, or `null`. */
export const firstRow = (type: string, cells: readonly string[], value: unknown): unknown =>
  decideNow(column(type, cells), { x: value }).matched[0] ?? null;
