/** Who answers for a table or a row, why it is so, and when it holds: what stands beside the cells. Pure. */
import type { Row, Table } from './draft.ts';

/** As a person edits them; '' is nothing. */
export interface Details {
  readonly ownerName: string;
  readonly ownerContact: string;
  readonly reason: string;
  readonly reference: string;
  /** A day (2026-01-31) or a time with its zone. */
  readonly from: string;
  readonly to: string;
}

/** Where a key goes that was not there. */
const TABLE_ORDER = ['kind', 'format', 'name', 'title', 'owner', 'reason', 'reference', 'effective'];
const ROW_ORDER = ['id', 'when', 'then', 'note', 'owner', 'reason', 'reference', 'effective'];

export function detailsOf(of: Table | Row): Details {
  const owner = objectIn(of, 'owner');
  const effective = objectIn(of, 'effective');
  return {
    ownerName: textIn(owner, 'name'),
    ownerContact: textIn(owner, 'contact'),
    reason: textIn(of, 'reason'),
    reference: textIn(of, 'reference'),
    from: textIn(effective, 'from'),
    to: textIn(effective, 'to'),
  };
}

/** A table needs an owner and a reason: emptied ones stay, for the check to name. */
export const setTableDetail = (table: Table, name: keyof Details, text: string): Table =>
  changed(table, name, text, TABLE_ORDER, true);

export function setRowDetail(table: Table, at: number, name: keyof Details, text: string): Table {
  const row = table.rows[at];
  const next = row && changed(row, name, text, ROW_ORDER, false);
  return !next || next === row ? table : { ...table, rows: table.rows.with(at, next) };
}

/** A row that says something of its own; without, the table's holds. */
export const hasOwnDetails = (row: Row): boolean => Object.values(detailsOf(row)).some((text) => text !== '');

function changed<Of extends Table | Row>(
  of: Of,
  name: keyof Details,
  text: string,
  order: readonly string[],
  needed: boolean,
): Of {
  if (detailsOf(of)[name] === text) return of;
  const owner = objectIn(of, 'owner');
  const effective = objectIn(of, 'effective');
  const day = text === '' ? null : text;
  switch (name) {
    case 'ownerName':
      return withKey(of, 'owner', ownerOf(text, textIn(owner, 'contact'), needed), order);
    case 'ownerContact':
      return withKey(of, 'owner', ownerOf(textIn(owner, 'name'), text, needed), order);
    case 'from':
      return withKey(of, 'effective', periodOf(day, effective?.['to'] ?? null), order);
    case 'to':
      return withKey(of, 'effective', periodOf(effective?.['from'] ?? null, day), order);
    case 'reason':
      return withKey(of, name, text === '' && !needed ? undefined : text, order);
    case 'reference':
      return withKey(of, name, text === '' ? undefined : text, order);
    default:
      return name satisfies never;
  }
}

const ownerOf = (name: string, contact: string, needed: boolean): object | undefined =>
  name === '' && contact === '' && !needed ? undefined : { name, contact };

const periodOf = (from: unknown, to: unknown): object | undefined =>
  from === null && to === null ? undefined : { from, to };

/** In its place; a new one behind the nearest that usually stands before it. `undefined`: taken out. */
function withKey<Of extends object>(of: Of, key: string, value: unknown, order: readonly string[]): Of {
  const entries = Object.entries(of);
  const at = entries.findIndex(([one]) => one === key);
  if (value === undefined) return Object.fromEntries(entries.filter(([one]) => one !== key)) as Of;
  if (at >= 0) return Object.fromEntries(entries.with(at, [key, value])) as Of;
  const before = new Set(order.slice(0, order.indexOf(key)));
  const behind = entries.findLastIndex(([one]) => before.has(one));
  return Object.fromEntries(entries.toSpliced(behind + 1, 0, [key, value])) as Of;
}

function objectIn(of: object, key: string): Readonly<Record<string, unknown>> | null {
  const value = (of as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
}

function textIn(of: object | null, key: string): string {
  const value = of && (of as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : '';
}
