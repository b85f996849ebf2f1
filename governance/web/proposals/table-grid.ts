/** A changed rule table as a grid of cells: the rows and columns of both versions, each where a reader looks for it. Pure. */
import type { Column, Json, Row, TableContent, TableDiff } from '../../diff/index.ts';
import type { ComparedTable } from './compared.ts';

export type Change = 'same' | 'added' | 'removed' | 'changed';

export interface GridColumn {
  readonly side: 'when' | 'then';
  /** As it is now; of one that is gone as it was. */
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly change: Change;
  /** Its former name. */
  readonly was: string | null;
  /** Places in the rows of each version; -1: not in it. */
  readonly at: { readonly before: number; readonly after: number };
}

export interface GridCell {
  readonly column: GridColumn;
  readonly change: Change;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface GridRow {
  readonly id: string;
  readonly was: string | null;
  readonly change: Change;
  readonly moved: boolean;
  /** Position from 1 in each version. */
  readonly place: { readonly before: number | null; readonly after: number | null };
  readonly cells: readonly GridCell[];
  readonly before: Row | null;
  readonly after: Row | null;
  /** Note, owner, reason, reference, effective: more than its cells differs. */
  readonly fieldsChanged: boolean;
}

export interface TableGrid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
  /** What is decided where no row matches; `null`: neither version has it, or both the same. */
  readonly otherwise: readonly GridCell[] | null;
}

export function gridOf({ before, after, diff }: ComparedTable): TableGrid {
  const columns = (['when', 'then'] as const).flatMap((side) => columnsOf(side, before, after, diff));
  const renamed = new Map(diff?.rows.renamed.map((one) => [one.after, one.before]) ?? []);
  const old = new Map(before?.rows.map((row, i) => [row.id, { row, i }]) ?? []);
  const moved = new Set(diff?.rows.moved ?? []);
  const changed = new Map(diff?.rows.changed.map((one) => [one.id, one]) ?? []);
  // In the new order; what is gone stands behind the row that it stood behind.
  const rows = (after?.rows ?? []).map((row, i): GridRow => {
    const was = renamed.get(row.id) ?? row.id;
    const other = isGone(diff, was) ? undefined : old.get(was);
    const cells = columns.map((column) => cellOf(column, other?.row ?? null, row));
    const fieldsChanged = (changed.get(row.id)?.fields ?? null) !== null;
    const differs = fieldsChanged || cells.some(({ change }) => change !== 'same') || was !== row.id;
    return {
      id: row.id,
      was: was === row.id ? null : was,
      change: other === undefined ? 'added' : differs ? 'changed' : 'same',
      moved: moved.has(row.id),
      place: { before: other === undefined ? null : other.i + 1, after: i + 1 },
      cells,
      before: other?.row ?? null,
      after: row,
      fieldsChanged,
    };
  });
  for (const { item, at } of removedRows(before, after, diff)) {
    const previous = before?.rows[at - 1];
    const behind = rows.findIndex(({ before: other }) => other !== null && other.id === previous?.id);
    rows.splice(behind + 1, 0, {
      id: item.id,
      was: null,
      change: 'removed',
      moved: false,
      place: { before: at + 1, after: null },
      cells: columns.map((column) => cellOf(column, item, null)),
      before: item,
      after: null,
      fieldsChanged: false,
    });
  }
  return { columns, rows, otherwise: otherwiseOf(columns, before, after) };
}

const removedRows = (
  before: TableContent | null,
  after: TableContent | null,
  diff: TableDiff | null,
): readonly { readonly at: number; readonly item: Row }[] =>
  diff ? diff.rows.removed : after === null ? (before?.rows.map((item, at) => ({ at, item })) ?? []) : [];

const isGone = (diff: TableDiff | null, id: string): boolean =>
  diff?.rows.removed.some(({ item }) => item.id === id) ?? false;

function columnsOf(
  side: 'when' | 'then',
  before: TableContent | null,
  after: TableContent | null,
  diff: TableDiff | null,
): readonly GridColumn[] {
  const part = side === 'when' ? 'inputs' : 'outputs';
  const changes = diff?.[part];
  const renamed = new Map(changes?.renamed.map((one) => [one.after, one.before]) ?? []);
  const old = new Map(before?.[part].map((column, i) => [column.name, i]) ?? []);
  const gone = new Set(changes?.removed.map(({ item }) => item.name) ?? []);
  const changed = new Set(changes?.changed.map(({ name }) => name) ?? []);
  const columns = (after?.[part] ?? []).map((column, i): GridColumn => {
    const was = renamed.get(column.name) ?? column.name;
    const at = gone.has(was) ? -1 : (old.get(was) ?? -1);
    const differs = was !== column.name || changed.has(column.name);
    return {
      ...told(side, column),
      change: at < 0 ? 'added' : differs ? 'changed' : 'same',
      was: was === column.name ? null : was,
      at: { before: at, after: i },
    };
  });
  for (const [i, column] of (before?.[part] ?? []).entries()) {
    if (after !== null && !gone.has(column.name)) continue;
    columns.splice(Math.min(i, columns.length), 0, {
      ...told(side, column),
      change: 'removed',
      was: null,
      at: { before: i, after: -1 },
    });
  }
  return columns;
}

function told(side: 'when' | 'then', column: Column): Pick<GridColumn, 'side' | 'name' | 'label' | 'unit'> {
  const text = (key: string): string => {
    const value = column[key];
    return typeof value === 'string' ? value : '';
  };
  return { side, name: column.name, label: text('label') || column.name, unit: text('unit') };
}

function cellOf(column: GridColumn, before: Row | null, after: Row | null): GridCell {
  return cell(column, before?.[column.side][column.at.before], after?.[column.side][column.at.after]);
}

function cell(column: GridColumn, before: Json | undefined, after: Json | undefined): GridCell {
  const change =
    before === undefined
      ? after === undefined
        ? 'same'
        : 'added'
      : after === undefined
        ? 'removed'
        : JSON.stringify(before) === JSON.stringify(after)
          ? 'same'
          : 'changed';
  return { column, change, before, after };
}

function otherwiseOf(
  columns: readonly GridColumn[],
  before: TableContent | null,
  after: TableContent | null,
): readonly GridCell[] | null {
  const [old, now] = [before?.otherwise ?? null, after?.otherwise ?? null];
  if (JSON.stringify(old) === JSON.stringify(now)) return null;
  return columns
    .filter(({ side }) => side === 'then')
    .map((column) => cell(column, old?.[column.at.before], now?.[column.at.after]));
}
