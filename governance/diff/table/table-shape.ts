/** A rule table as far as its diff needs to know it. What does not have this shape is compared as any other JSON. */
import { field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';

export interface Column extends JsonObject {
  readonly name: string;
}

export interface Row extends JsonObject {
  readonly id: string;
  readonly when: readonly Json[];
  readonly then: readonly Json[];
}

export interface TableContent extends JsonObject {
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  readonly rows: readonly Row[];
  readonly otherwise: readonly Json[] | null;
}

export function tableOf(value: Json): TableContent | null {
  if (!isObject(value) || field(value, 'kind') !== 'rule-table') return null;
  const [inputs, outputs] = [field(value, 'inputs'), field(value, 'outputs')];
  const [rows, otherwise] = [field(value, 'rows'), field(value, 'otherwise')];
  if (!haveKey(inputs, 'name') || !haveKey(outputs, 'name') || !haveKey(rows, 'id')) return null;
  const fits = (cells: Json | undefined, columns: readonly Json[]): boolean =>
    isList(cells) && cells.length === columns.length;
  if (!rows.every((row) => fits(field(row, 'when'), inputs) && fits(field(row, 'then'), outputs))) return null;
  if (otherwise !== null && !fits(otherwise, outputs)) return null;
  return value as TableContent;
}

function haveKey(list: Json | undefined, key: string): list is readonly JsonObject[] {
  if (!isList(list)) return false;
  const keys = new Set(list.map((item) => (isObject(item) ? field(item, key) : undefined)));
  return keys.size === list.length && [...keys].every((one) => typeof one === 'string');
}
