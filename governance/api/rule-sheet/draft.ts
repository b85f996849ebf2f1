/**
 * A rule table while it is written: the file's content and what is done to it, each a new content. The order of keys and what
 * the sheet does not show are kept, so that a saved change is as small as it looks. Pure.
 */
export type Value = string | number | boolean | null | readonly Value[];
export type Side = 'when' | 'then';

export interface Column {
  readonly name: string;
  readonly label?: string;
  readonly expression?: string;
  readonly type: string;
  readonly unit?: string;
  readonly values?: readonly Value[];
}

export interface Row {
  readonly id: string;
  readonly when: readonly string[];
  readonly then: readonly Value[];
  readonly note?: string;
  readonly [key: string]: unknown;
}

export interface Table {
  readonly name: string;
  readonly title: string;
  readonly hitPolicy: string;
  readonly aggregation?: string;
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  readonly rows: readonly Row[];
  readonly otherwise: readonly Value[] | null;
  readonly tests?: readonly TestCase[];
  readonly [key: string]: unknown;
}

/** An example that the table carries, as its file has it. */
export interface TestCase {
  readonly name: string;
  readonly input: Readonly<Record<string, Value>>;
  readonly expect?: Readonly<Record<string, Value>> | null;
  readonly row?: string | null;
  readonly rows?: readonly string[];
  readonly error?: string;
  readonly now?: string;
  readonly [key: string]: unknown;
}

/** A column of the sheet: the row's id, a cell of one side, or its note. */
export type SheetColumn =
  | { readonly kind: 'id' | 'note'; readonly label: string }
  | {
      readonly kind: Side;
      readonly label: string;
      readonly name: string;
      readonly at: number;
      readonly type: string;
      readonly unit: string;
    };

export function sheetColumns({ inputs, outputs }: Table): readonly SheetColumn[] {
  const cells =
    (kind: Side) =>
    ({ name, label = name, type, unit = '' }: Column, at: number): SheetColumn => ({
      kind,
      label,
      name,
      at,
      type,
      unit,
    });
  return [
    { kind: 'id', label: 'Row' },
    ...inputs.map(cells('when')),
    ...outputs.map(cells('then')),
    { kind: 'note', label: 'Note' },
  ];
}

/** Index of the row below the last: what holds where no row matches. */
export const otherwiseAt = ({ rows }: Table): number => rows.length;

/** What a cell shows and a person edits. */
export function textAt(table: Table, row: number, column: SheetColumn): string {
  const found = table.rows[row];
  if (found) return cellText(found, column);
  return column.kind === 'then' && table.otherwise ? shown(table.otherwise[column.at] ?? null) : '';
}

function cellText(row: Row, column: SheetColumn): string {
  switch (column.kind) {
    case 'id':
      return row.id;
    case 'note':
      return row.note ?? '';
    case 'when':
      return row.when[column.at] ?? '-';
    case 'then':
      return shown(row.then[column.at] ?? null);
    default:
      return column satisfies never;
  }
}

/** A value as a person edits it. */
export const shown = (value: Value): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Text of a person as the value of an output; what does not fit its type stays text, and the check names it. */
export function valueOf(type: string, text: string): Value {
  const plain = text.trim();
  if (plain === '' || plain === 'null') return null;
  if (plain.startsWith('=')) return plain;
  if (type === 'number' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain)) return Number(plain);
  if (type === 'boolean' && /^(?:true|false)$/i.test(plain)) return plain.toLowerCase() === 'true';
  if (type === 'list' && plain.startsWith('[')) {
    try {
      return JSON.parse(plain) as Value;
    } catch {
      return plain;
    }
  }
  return type === 'list' ? plain.split(',').map((one) => one.trim()) : plain;
}

/** A bare word in a column of text is meant as that text: it gets its quotes. Everything else is taken as it is. */
export function conditionOf(type: string, text: string): string {
  const plain = text.trim();
  if (plain === '') return '-';
  const bare = (type === 'string' || type === 'list') && !/^(?:-|null|=.*|[<>[\](].*|not\s*\(.*|.*["].*)$/s.test(plain);
  return bare ? JSON.stringify(plain) : plain;
}

export function setCell(table: Table, row: number, column: SheetColumn, text: string): Table {
  if (textAt(table, row, column) === text) return table;
  if (row === otherwiseAt(table)) {
    if (column.kind !== 'then') return table;
    const before = table.otherwise ?? table.outputs.map((): Value => null);
    return { ...table, otherwise: replaced(before, column.at, valueOf(column.type, text)) };
  }
  return {
    ...table,
    rows: table.rows.map((one, i) => (i === row ? rowWith(one, column, text) : one)),
  };
}

function rowWith(row: Row, column: SheetColumn, text: string): Row {
  switch (column.kind) {
    case 'id':
      return { ...row, id: text.trim() };
    case 'note': {
      if (text.trim() !== '') return { ...row, note: text.trim() };
      const { note: _, ...rest } = row;
      return rest;
    }
    case 'when':
      return { ...row, when: replaced(row.when, column.at, conditionOf(column.type, text)) };
    case 'then':
      return cellsOf(row, 'then', replaced(row.then, column.at, valueOf(column.type, text)));
    default:
      return column satisfies never;
  }
}

const replaced = <T>(list: readonly T[], at: number, value: T): readonly T[] =>
  list.map((one, i) => (i === at ? value : one));

/** By the key, since an object literal with a member `then` counts as a promise. */
const cellsOf = (row: Row, side: Side, cells: readonly unknown[]): Row =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, key === side ? cells : value])) as Row;

/** Cells of a spreadsheet, from a place on; rows that are not there are added. One pass, however many there are. */
export function paste(table: Table, row: number, column: number, lines: readonly (readonly string[])[]): Table {
  const columns = sheetColumns(table);
  const rows = [...table.rows];
  const free = freeIds(table);
  let { otherwise } = table;
  let changed = false;
  for (const [i, cells] of lines.entries()) {
    const at = row + i;
    // Into the row of what holds otherwise goes a single line, from there on.
    const below = at >= rows.length && !(row < table.rows.length || lines.length > 1);
    if (at >= rows.length && !below) {
      rows.push(newRow(table, free()));
      changed = true;
    }
    for (const [j, text] of cells.entries()) {
      const to = columns[column + j];
      // Without an id of its own a row keeps the one it has.
      if (!to || (to.kind === 'id' && text.trim() === '')) continue;
      const one = rows[at];
      if (one) {
        if (cellText(one, to) === text) continue;
        rows[at] = rowWith(one, to, text);
      } else {
        if (to.kind !== 'then') continue;
        otherwise = replaced(otherwise ?? table.outputs.map((): Value => null), to.at, valueOf(to.type, text));
      }
      changed = true;
    }
  }
  return changed ? { ...table, rows, otherwise } : table;
}

/** What Delete does to what is chosen: any value in an input, nothing in an output. Ids stay. */
export function clearCells(table: Table, rows: Span, columns: Span): Table {
  const cleared = sheetColumns(table)
    .slice(columns.from, columns.to + 1)
    .filter(({ kind }) => kind !== 'id');
  const emptied = (row: Row): Row => {
    let next = row;
    for (const column of cleared)
      if (cellText(next, column) !== (column.kind === 'when' ? '-' : '')) next = rowWith(next, column, '');
    return next;
  };
  let { otherwise } = table;
  if (rows.to >= otherwiseAt(table) && otherwise)
    for (const column of cleared)
      if (column.kind === 'then' && otherwise[column.at] !== null) otherwise = replaced(otherwise, column.at, null);
  const next = table.rows.map((row, i) => (i < rows.from || i > rows.to ? row : emptied(row)));
  const same = otherwise === table.otherwise && next.every((row, i) => row === table.rows[i]);
  return same ? table : { ...table, rows: next, otherwise };
}

/** From the smaller to the larger. */
export const spanOf = (a: number, b: number): Span => ({ from: Math.min(a, b), to: Math.max(a, b) });

export interface Span {
  readonly from: number;
  readonly to: number;
}

export const insertRow = (table: Table, at: number): Table => ({
  ...table,
  rows: table.rows.toSpliced(Math.min(at, table.rows.length), 0, newRow(table, freeIds(table)())),
});

const newRow = ({ inputs, outputs }: Table, id: string): Row =>
  Object.fromEntries([
    ['id', id],
    ['when', inputs.map(() => '-')],
    ['then', outputs.map(() => null)],
  ]);

function freeIds({ rows }: Table): () => string {
  const taken = new Set(rows.map(({ id }) => id));
  let number = rows.length;
  return () => {
    do number++;
    while (taken.has(`new-${number}`));
    return `new-${number}`;
  };
}

export const deleteRows = (table: Table, from: number, to: number): Table =>
  table.rows.length - (to - from + 1) < 1 ? table : { ...table, rows: table.rows.filter((_, i) => i < from || i > to) };

export function moveRow(table: Table, from: number, to: number): Table {
  const row = table.rows[from];
  if (!row || to < 0 || to >= table.rows.length) return table;
  return { ...table, rows: table.rows.toSpliced(from, 1).toSpliced(to, 0, row) };
}

export function setOtherwise(table: Table, holds: boolean): Table {
  return { ...table, otherwise: holds ? (table.otherwise ?? table.outputs.map(() => null)) : null };
}

export function setPolicy(table: Table, hitPolicy: string, aggregation: string): Table {
  const entries = Object.entries(table).filter(([key]) => key !== 'aggregation');
  return Object.fromEntries(
    entries.flatMap(([key, value]): [string, unknown][] =>
      key !== 'hitPolicy'
        ? [[key, value]]
        : [
            ['hitPolicy', hitPolicy],
            ...(hitPolicy === 'COLLECT' && aggregation !== 'none'
              ? [['aggregation', aggregation] as [string, unknown]]
              : []),
          ],
    ),
  ) as Table;
}

const partOf = (side: Side): 'inputs' | 'outputs' => (side === 'when' ? 'inputs' : 'outputs');

/** Each list of cells of a side changed alike, `otherwise` too. */
function eachCells(table: Table, side: Side, change: (cells: readonly unknown[]) => readonly unknown[]): Table {
  const rows = table.rows.map((row) => cellsOf(row, side, change(row[side])));
  const otherwise =
    side === 'then' && table.otherwise ? (change(table.otherwise) as readonly Value[]) : table.otherwise;
  return { ...table, rows, otherwise };
}

export function addColumn(table: Table, side: Side, column: Column): Table {
  const part = partOf(side);
  const next = eachCells(table, side, (cells) => [...cells, side === 'when' ? '-' : null]);
  return { ...next, [part]: [...table[part], column] };
}

export const changeColumn = (table: Table, side: Side, at: number, column: Column): Table => ({
  ...table,
  [partOf(side)]: replaced(table[partOf(side)], at, column),
});

export function deleteColumn(table: Table, side: Side, at: number): Table {
  const part = partOf(side);
  if (table[part].length < 2) return table;
  return { ...eachCells(table, side, (cells) => cells.toSpliced(at, 1)), [part]: table[part].toSpliced(at, 1) };
}

export function moveColumn(table: Table, side: Side, at: number, to: number): Table {
  const part = partOf(side);
  if (to < 0 || to >= table[part].length) return table;
  const moved = (list: readonly unknown[]): readonly unknown[] => list.toSpliced(at, 1).toSpliced(to, 0, list[at]);
  return { ...eachCells(table, side, moved), [part]: moved(table[part]) };
}

/** What somebody typed to try it; nothing typed: no trial. */
export function trialOf(table: Table, typed: Readonly<Record<string, string>>): Readonly<Record<string, Value>> | null {
  const given = table.inputs.flatMap(({ name, type }): [string, Value][] => {
    const text = typed[name]?.trim() ?? '';
    return text === '' ? [] : [[name, valueOf(type, text)]];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
}
