/** A roster as a spreadsheet writes it: a row for each shift, with the columns role, unit, person, from and to. */
import Papa from 'papaparse';
import type { RosterEntry } from '../../engine/index.ts';
import { momentIn, MOST_ENTRIES, NAME, userName, type ReadRoster } from './read.ts';

const COLUMNS = ['role', 'unit', 'person', 'from', 'to'] as const;
type Column = (typeof COLUMNS)[number];
const NEEDED: readonly Column[] = ['role', 'person'];
const MOST_PROBLEMS = 50;

/**
 * @param zone of times that name none
 * Rows are counted as a spreadsheet does: the heading is row 1.
 */
export function rosterFromCsv(text: string, zone: string): ReadRoster {
  const content = text.replace(/^\uFEFF/, '');
  const { data: rows, errors } = Papa.parse<string[]>(content, {
    delimiter: delimiterOf(content),
    preview: MOST_ENTRIES + 2,
  });
  if (errors.length > 0)
    return failed(errors.slice(0, MOST_PROBLEMS).map(({ row, message }) => `row ${(row ?? 0) + 1}: ${message}`));
  const [heading = [], ...shifts] = rows;
  const names = heading.map((one) => one.trim().toLowerCase());
  const wrong = headingProblems(names);
  if (wrong.length > 0) return failed(wrong);
  if (shifts.length > MOST_ENTRIES) return failed([`it has more than ${MOST_ENTRIES} rows`]);

  const entries: RosterEntry[] = [];
  const problems: string[] = [];
  for (const [at, cells] of shifts.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const entry = entryOf(at + 2, names, cells, zone, problems);
    if (entry) entries.push(entry);
    if (problems.length >= MOST_PROBLEMS) break;
  }
  if (entries.length === 0 && problems.length === 0) problems.push('it has no row with a shift');
  return problems.length > 0 ? failed(problems) : { entries, problems };
}

/** By the heading: what the rows hold, with the commas of their texts, would be a guess. */
function delimiterOf(text: string): string {
  const [heading = ''] = text.split(/[\r\n]/, 1);
  const count = (sign: string): number => heading.split(sign).length;
  return [',', ';', '\t', '|'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

const failed = (problems: readonly string[]): ReadRoster => ({ entries: [], problems });

function headingProblems(names: readonly string[]): readonly string[] {
  const known: readonly string[] = COLUMNS;
  return [
    ...NEEDED.filter((name) => !names.includes(name)).map((name) => `row 1: the column "${name}" is missing`),
    // A misspelt "to" would be a shift that never ends.
    ...names
      .filter((name) => name !== '' && !known.includes(name))
      .map((name) => `row 1: the column ${JSON.stringify(name.slice(0, 40))} is none of ${COLUMNS.join(', ')}`),
    ...COLUMNS.filter((name) => names.indexOf(name) !== names.lastIndexOf(name)).map(
      (name) => `row 1: the column "${name}" is there twice`,
    ),
  ];
}

function entryOf(
  row: number,
  names: readonly string[],
  cells: readonly string[],
  zone: string,
  problems: string[],
): RosterEntry | null {
  const before = problems.length;
  const say = (column: Column, what: string): void => void problems.push(`row ${row}, column "${column}": ${what}`);
  const cell = (column: Column): string => cells[names.indexOf(column)]?.trim() ?? '';
  if (cells.length > names.length) problems.push(`row ${row}: it has more cells than the heading`);
  for (const column of ['role', 'unit', 'person'] as const) {
    const value = cell(column);
    if (value === '' && column !== 'unit') say(column, 'is empty');
    else if (value !== '' && !NAME.test(value)) say(column, 'takes letters, digits, blanks and ._@- of at most 100');
  }
  const moment = (column: 'from' | 'to'): number | null => {
    const value = cell(column);
    if (value === '') return null;
    const at = momentIn(value, zone, column);
    if (typeof at === 'number') return at;
    say(column, at);
    return null;
  };
  const [from, to] = [moment('from'), moment('to')];
  if (from !== null && to !== null && from >= to) say('to', 'is not after "from"');
  const unit = cell('unit');
  return problems.length > before
    ? null
    : { role: cell('role'), unit: unit === '' ? null : unit, person: userName(cell('person')), from, to };
}
