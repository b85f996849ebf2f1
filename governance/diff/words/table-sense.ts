/** What a rule table is about, as far as its columns and values say: the words that its changes are told in. */
import { field, type Json } from '../base/json.ts';
import type { Column, Row, TableContent } from '../table/table-shape.ts';
import type { Reach } from './unary-test.ts';
import type { Safety } from './change-line.ts';
import { humanised, shown } from './value-words.ts';
import { inputKind, outputKind } from './field-kinds.ts';
import { literal, readTest, testWords } from './unary-test.ts';

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export const labelOf = (column: Column): string => text(field(column, 'label')) || humanised(column.name);

export const typeOf = (column: Column): string => text(field(column, 'type'));

/** How a decision acts, as its table names it. What is not listed here is said as it is written. */
const VERBS: Readonly<Record<string, string>> = {
  escalate: 'pages',
  page: 'pages',
  alert: 'alerts',
  review: 'asks for review',
  follow: 'is followed up',
  notify: 'tells',
  none: 'is left alone',
  ignore: 'is left alone',
};
const QUIET = new Set(['none', 'ignore', 'nothing', 'no', 'skip']);

/** The column that says what is done: `action`, or else the first whose values are listed and no lane or recipient. */
const actionColumn = (table: TableContent): number => {
  const named = table.outputs.findIndex(({ name }) => name === 'action');
  return named >= 0
    ? named
    : table.outputs.findIndex((column) => field(column, 'values') !== undefined && outputKind(column.name) === 'rule');
};

const actionOf = (table: TableContent, then: readonly Json[] | null): string => text(then?.[actionColumn(table)]);

export function verbOf(table: TableContent, row: Row): string {
  const action = actionOf(table, row.then);
  return (Object.hasOwn(VERBS, action) ? VERBS[action] : undefined) ?? (action === '' ? 'matches' : shown(action));
}

export const isQuietAction = (value: Json | undefined): boolean => typeof value === 'string' && QUIET.has(value);

/** Nobody is told by this row. */
export const isQuiet = (table: TableContent, then: readonly Json[] | null): boolean =>
  then === null || isQuietAction(actionOf(table, then));

export function isActionColumn(table: TableContent, column: string): boolean {
  return table.outputs[actionColumn(table)]?.name === column;
}

/** What the row is about: its label where it decides one, else its note, else the title of the table. */
export function subjectOf(table: TableContent, row: Row | null): string {
  const at = table.outputs.findIndex(({ name }) => outputKind(name) === 'text');
  const label = text(row?.then[at]);
  if (label !== '' && !label.startsWith('=')) return shown(label);
  return shown(
    (row && text(field(row, 'note'))) || text(field(table, 'title')) || text(field(table, 'name')) || 'Table',
  );
}

/** `row k-high, "hyperkalaemia"`; without the note where that is the subject already. */
export function whereOf(table: TableContent, row: Row): string {
  const note = text(field(row, 'note'));
  return `row ${row.id}${note === '' || subjectOf(table, row) === shown(note) ? '' : `, "${shown(note)}"`}`;
}

/** What the table judges, for "fewer … match". */
export function nounOf(table: TableContent): string {
  const about = `${text(field(table, 'title'))} ${text(field(table, 'name'))}`;
  return /\bresults?\b/i.test(about)
    ? 'results'
    : /\b(patients?|discharges?|admissions?)\b/i.test(about)
      ? 'patients'
      : 'messages';
}

/** The unit of a number: its column's, or the first that the row's own column `unit` takes. */
export function unitOf(table: TableContent, row: Row | null, column: Column): string {
  const unit = text(field(column, 'unit'));
  if (unit !== '' || typeOf(column) !== 'number' || !row) return unit;
  const at = table.inputs.findIndex((one) => one.name === 'unit' && kindOfInput(one) === 'code');
  const test = readTest(text(row.when[at]), 'string');
  return test?.kind === 'set' && !test.negated ? literal(test.values[0] ?? '""').replace('empty text', '') : '';
}

export const kindOfInput = (column: Column): ReturnType<typeof inputKind> =>
  inputKind({
    type: typeOf(column),
    about: `${column.name} ${text(field(column, 'label'))} ${text(field(column, 'expression'))}`,
  });

/** The number that the table is about needs no name: `above 6.2 mmol/L`. */
export const isTheValue = (column: Column): boolean => /^(value|result)$/i.test(labelOf(column));

/** Where nothing is done unless a row matches, a row that tells somebody is a net, and a quiet row before it a hole. */
export function safetyOf(table: TableContent, row: Row, reach: Reach | null): Safety {
  if (reach !== 'fewer' && reach !== 'more') return null;
  if (isQuiet(table, row.then)) return takesFromOthers(table, row) ? (reach === 'more' ? 'loosens' : 'tightens') : null;
  return isQuiet(table, table.otherwise) ? (reach === 'fewer' ? 'loosens' : 'tightens') : null;
}

/** What this quiet row takes would otherwise have come to somebody. */
export function takesFromOthers(table: TableContent, row: Row): boolean {
  const first = field(table, 'hitPolicy') === 'FIRST';
  const later = first ? table.rows.slice(table.rows.findIndex(({ id }) => id === row.id) + 1) : [];
  return !isQuiet(table, table.otherwise) || later.some((one) => !isQuiet(table, one.then));
}

/** What stands for the whole table in a line. */
export const tableWords = (table: TableContent): string =>
  `Table ${text(field(table, 'name')) || text(field(table, 'title')) || 'without a name'}`;

/** `value above 6.2 mmol/L, unit mmol/L`: what a row asks, its codes cut short. */
export function conditionOf(table: TableContent, row: Row): string {
  const parts = table.inputs.flatMap((column, i) => {
    const cell = text(row.when[i]);
    if (cell.trim() === '-') return [];
    const test = readTest(cell, typeOf(column));
    const words = shown(testWords(test, cell, unitOf(table, row, column)));
    return [isTheValue(column) ? words : `${labelOf(column)} ${words}`];
  });
  return parts.length === 0 ? 'whatever comes' : parts.join('; ');
}
