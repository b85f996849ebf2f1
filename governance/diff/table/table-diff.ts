/** Rule tables compared as tables: rows, columns and cells, so that a column put in between changes no other cell. */
import { diffJson, type JsonDiff } from '../base/json-diff.ts';
import { canonical, equalJson, field, objectOf, type Json, type JsonObject } from '../base/json.ts';
import { diffKeyed, type KeyedDiff } from '../base/keyed-list.ts';
import type { Column, Row, TableContent } from './table-shape.ts';

export type Side = 'when' | 'then';

/** Absent `before`: the column is new. Cells of a column that is gone are not listed. */
export interface CellChange {
  readonly side: Side;
  /** Name of the column, as it is now. */
  readonly column: string;
  readonly before?: Json;
  readonly after: Json;
}

export interface RowDiff {
  /** As it is now. */
  readonly id: string;
  readonly cells: readonly CellChange[];
  /** Note, owner, reason, reference, effective. */
  readonly fields: JsonDiff | null;
}

export interface ColumnsDiff extends KeyedDiff<Column> {
  readonly renamed: readonly Renamed[];
  /** Label, expression, type, unit, values. */
  readonly changed: readonly { readonly name: string; readonly fields: JsonDiff }[];
}

export interface RowsDiff extends KeyedDiff<Row> {
  /** Rows with another id and the same content. */
  readonly renamed: readonly Renamed[];
  readonly changed: readonly RowDiff[];
}

export interface Renamed {
  readonly before: string;
  readonly after: string;
}

export interface TableDiff {
  readonly kind: 'rule-table';
  readonly inputs: ColumnsDiff;
  readonly outputs: ColumnsDiff;
  readonly rows: RowsDiff;
  /** Cells where both versions have an `otherwise`; the whole where one has none. */
  readonly otherwise: readonly CellChange[] | { readonly before: Json; readonly after: Json };
  /** The rest: title, owner, reason, reference, effective, hit policy, tests. */
  readonly fields: JsonDiff | null;
}

/** The parts that are compared as a table. */
export const TABLE_PARTS: ReadonlySet<string> = new Set(['inputs', 'outputs', 'rows', 'otherwise']);

export const nameOfColumn = (column: Column): string => column.name;
export const idOfRow = (row: Row): string => row.id;

/** `null`: they mean the same. */
export function diffTables(before: TableContent, after: TableContent): TableDiff | null {
  const inputs = diffColumns(before.inputs, after.inputs);
  const outputs = diffColumns(before.outputs, after.outputs);
  const columns: Columns = {
    when: aligned(before.inputs, after.inputs, inputs.renamed),
    then: aligned(before.outputs, after.outputs, outputs.renamed),
  };
  const rows = diffRows(before.rows, after.rows, columns);
  const otherwise =
    before.otherwise && after.otherwise
      ? diffCells('then', before.otherwise, after.otherwise, columns.then)
      : equalJson(before.otherwise, after.otherwise)
        ? []
        : { before: before.otherwise, after: after.otherwise };
  const fields = diffJson(without(before, TABLE_PARTS), without(after, TABLE_PARTS));
  const listed = [inputs, outputs, rows].some((list) =>
    [list.added, list.removed, list.moved, list.renamed, list.changed].some(({ length }) => length > 0),
  );
  const nothing = !listed && !fields && Array.isArray(otherwise) && otherwise.length === 0;
  return nothing ? null : { kind: 'rule-table', inputs, outputs, rows, otherwise, fields };
}

function diffColumns(before: readonly Column[], after: readonly Column[]): ColumnsDiff {
  const renamed = renamedOf(before, after, nameOfColumn, (column) => canonical(without(column, new Set(['name']))));
  const now = new Map(renamed.map((one) => [one.before, one.after]));
  const later = new Map(after.map((column) => [column.name, column]));
  const changed = before.flatMap((column) => {
    const other = later.get(column.name);
    const fields = other && diffJson(column, other);
    return fields ? [{ name: column.name, fields }] : [];
  });
  return { ...diffKeyed(before, after, nameOfColumn, ({ name }) => now.get(name) ?? name), renamed, changed };
}

/** For each column of the new table its name and where it was, if it was. */
type Aligned = readonly { readonly column: string; readonly was: number }[];
type Columns = Readonly<Record<Side, Aligned>>;

function aligned(before: readonly Column[], after: readonly Column[], renamed: readonly Renamed[]): Aligned {
  const now = new Map(renamed.map((one) => [one.before, one.after]));
  const was = new Map(before.map(({ name }, i) => [now.get(name) ?? name, i]));
  return after.map(({ name }) => ({ column: name, was: was.get(name) ?? -1 }));
}

function diffRows(before: readonly Row[], after: readonly Row[], columns: Columns): RowsDiff {
  const renamed = renamedOf(before, after, idOfRow, (row) => canonical(without(row, new Set(['id']))));
  const now = new Map(renamed.map((one) => [one.before, one.after]));
  const later = new Map(after.map((row) => [row.id, row]));
  const changed = before.flatMap((row) => {
    const other = later.get(now.get(row.id) ?? row.id);
    if (!other) return [];
    const cells = [
      ...diffCells('when', row.when, other.when, columns.when),
      ...diffCells('then', row.then, other.then, columns.then),
    ];
    const rest = new Set(['id', 'when', 'then']);
    const fields = diffJson(without(row, rest), without(other, rest));
    return cells.length > 0 || fields ? [{ id: other.id, cells, fields }] : [];
  });
  return { ...diffKeyed(before, after, idOfRow, ({ id }) => now.get(id) ?? id), renamed, changed };
}

function diffCells(
  side: Side,
  before: readonly Json[],
  after: readonly Json[],
  columns: Aligned,
): readonly CellChange[] {
  return columns.flatMap(({ column, was }, i): CellChange[] => {
    const [old, now] = [before[was], after[i] ?? null];
    if (old === undefined) return [{ side, column, after: now }];
    return equalJson(old, now) ? [] : [{ side, column, before: old, after: now }];
  });
}

/** What is only in the old list and what is only in the new one, where the content is the same and there is one of each. */
function renamedOf<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  content: (item: T) => string,
): readonly Renamed[] {
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const gone = before.filter((item) => !now.has(keyOf(item)));
  const added = after.filter((item) => !old.has(keyOf(item)));
  if (gone.length === 0 || added.length === 0) return [];
  const byContent = Map.groupBy(added, content);
  return [...Map.groupBy(gone, content)].flatMap(([text, items]) => {
    const there = byContent.get(text);
    const [one, other] = [items[0], there?.[0]];
    return items.length === 1 && there?.length === 1 && one && other
      ? [{ before: keyOf(one), after: keyOf(other) }]
      : [];
  });
}

export const without = (object: JsonObject, keys: ReadonlySet<string>): JsonObject =>
  objectOf(Object.keys(object).flatMap((key) => (keys.has(key) ? [] : [[key, field(object, key) ?? null] as const])));
