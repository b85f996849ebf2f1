/** The new rule table from the old one and the diff. */
import { applyJson, type JsonDiff } from '../base/json-diff.ts';
import { isObject, objectOf, type Json, type JsonObject } from '../base/json.ts';
import { applyKeyed } from '../base/keyed-list.ts';
import {
  idOfRow,
  nameOfColumn,
  TABLE_PARTS,
  without,
  type CellChange,
  type ColumnsDiff,
  type Renamed,
  type Side,
  type TableDiff,
} from './table-diff.ts';
import type { Column, Row, TableContent } from './table-shape.ts';

/** @throws TypeError where `before` is not what the diff was made from */
export function applyTable(before: TableContent, diff: TableDiff): TableContent {
  const inputs = applyColumns(before.inputs, diff.inputs);
  const outputs = applyColumns(before.outputs, diff.outputs);
  const when = cellsOf('when', before.inputs, inputs, diff.inputs.renamed);
  const then = cellsOf('then', before.outputs, outputs, diff.outputs.renamed);
  const now = new Map(diff.rows.renamed.map((one) => [one.before, one.after]));
  const changes = new Map(diff.rows.changed.map((row) => [row.id, row]));
  const removed = new Set(diff.rows.removed.map(({ item }) => item.id));
  const kept = before.rows.flatMap((row): Row[] => {
    if (removed.has(row.id)) return [];
    const id = now.get(row.id) ?? row.id;
    const change = changes.get(id);
    const rest = applyObject(without(row, new Set(['id', 'when', 'then'])), change?.fields ?? null);
    const cells = [
      ['id', id],
      ['when', when(row.when, change?.cells ?? [])],
      ['then', then(row.then, change?.cells ?? [])],
    ] as const;
    return [objectOf([...cells, ...Object.entries(rest)]) as Row];
  });
  const otherwise = Array.isArray(diff.otherwise)
    ? before.otherwise && then(before.otherwise, diff.otherwise)
    : (diff.otherwise as { readonly after: Json }).after;
  const rest = applyObject(without(before, TABLE_PARTS), diff.fields);
  return objectOf([
    ...Object.entries(rest),
    ['inputs', inputs],
    ['outputs', outputs],
    ['rows', applyKeyed(kept, diff.rows, idOfRow)],
    ['otherwise', otherwise],
  ]) as TableContent;
}

function applyColumns(before: readonly Column[], diff: ColumnsDiff): readonly Column[] {
  const now = new Map(diff.renamed.map((one) => [one.before, one.after]));
  const changes = new Map(diff.changed.map((column) => [column.name, column.fields]));
  const removed = new Set(diff.removed.map(({ item }) => item.name));
  const kept = before.flatMap((column): Column[] => {
    if (removed.has(column.name)) return [];
    const name = now.get(column.name);
    return [
      name === undefined
        ? (applyJson(column, changes.get(column.name) ?? null) as Column)
        : (objectOf(Object.entries(column).map(([key, value]) => [key, key === 'name' ? name : value])) as Column),
    ];
  });
  return applyKeyed(kept, diff, nameOfColumn);
}

function cellsOf(
  side: Side,
  before: readonly Column[],
  after: readonly Column[],
  renamed: readonly Renamed[],
): (cells: readonly Json[], changes: readonly CellChange[]) => readonly Json[] {
  const now = new Map(renamed.map((one) => [one.before, one.after]));
  const was = new Map(before.map(({ name }, i) => [now.get(name) ?? name, i]));
  return (cells, changes) => {
    const changed = new Map(changes.flatMap((one) => (one.side === side ? [[one.column, one.after] as const] : [])));
    return after.map(({ name }) => {
      const cell = changed.has(name) ? changed.get(name) : cells[was.get(name) ?? -1];
      if (cell === undefined) throw new TypeError('the diff is of another table');
      return cell;
    });
  };
}

function applyObject(before: JsonObject, diff: JsonDiff | null): JsonObject {
  const after = applyJson(before, diff);
  if (!isObject(after)) throw new TypeError('the diff is of an object');
  return after;
}
