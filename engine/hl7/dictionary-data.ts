/**
 * Reads the generated data: a line for each name, in which each version tells only how it differs from the one before.
 * A line is decoded when its name is first asked for in a version, so that most processes decode none.
 */
import type { Optionality, PartEntry, TableEntry } from './dictionary-contract.ts';
import { segmentsText, tablesText, typesText } from './generated-text.ts';

/** Oldest first; a version's place is how the generated lines call it. */
export const HL7_VERSIONS: readonly string[] = [
  '2.1',
  '2.2',
  '2.3',
  '2.3.1',
  '2.4',
  '2.5',
  '2.5.1',
  '2.6',
  '2.7',
  '2.7.1',
];

export interface Described {
  readonly name: string;
  readonly title: string;
  readonly parts: readonly PartEntry[];
}

type Lines = ReadonlyMap<string, string>;

let segmentLines: Lines | undefined;
let typeLines: Lines | undefined;
let tableLines: Lines | undefined;
const tables = new Map<string, TableEntry>();

export function segmentAt(place: number, name: string): Described | undefined {
  return describedAt((segmentLines ??= linesOf(segmentsText(), 3)), place, name);
}

export function typeAt(place: number, name: string): Described | undefined {
  return describedAt((typeLines ??= linesOf(typesText())), place, name);
}

/** The names that are segments in some version, in alphabetical order. */
export function knownSegments(): IterableIterator<string> {
  return (segmentLines ??= linesOf(segmentsText(), 3)).keys();
}

export function tableEntry(id: string): TableEntry | undefined {
  const known = tables.get(id);
  if (known) return known;
  const line = (tableLines ??= linesOf(tablesText(), 4)).get(id);
  if (line === undefined) return undefined;
  const [title = '', ...pairs] = line.slice(1).split('~');
  const values = pairs.map((pair) => {
    const mark = pair.indexOf('^');
    return [pair.slice(0, mark), pair.slice(mark + 1)] as const;
  });
  const entry: TableEntry = { id, title, kind: line.startsWith('h') ? 'hl7' : 'user', values: new Map(values) };
  tables.set(id, entry);
  return entry;
}

/** By name, the rest of each line; `width` where all names have the same length and no bar behind them. */
function linesOf(text: string, width = 0): Lines {
  const lines = new Map<string, string>();
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const to = width || text.indexOf('|', from) - from;
    lines.set(text.slice(from, from + to), text.slice(from + to, end));
    from = end + 1;
  }
  return lines;
}

function describedAt(lines: Lines, place: number, name: string): Described | undefined {
  const line = lines.get(name);
  if (line === undefined) return undefined;
  let title = '';
  let parts: PartEntry[] = [];
  let there = false;
  for (const state of line.split('|')) {
    if (state === '') continue;
    if (Number(state.charAt(0)) > place) break;
    there = state.charAt(1) !== '!';
    // A name that comes back is told as a whole again.
    if (!there) [title, parts] = ['', []];
    if (!there) continue;
    const [head = '', ...changes] = state.slice(1).split('~');
    const mark = head.indexOf('^');
    title = head.slice(0, mark) || title;
    parts = changed(parts, Number(head.slice(mark + 1) || parts.length), changes);
  }
  return there ? { name, title, parts } : undefined;
}

function changed(before: readonly PartEntry[], count: number, changes: readonly string[]): PartEntry[] {
  const parts = before.slice(0, count);
  for (const change of changes) {
    const [position = '', name, type, optionality, repeats, table, length] = change.split('^');
    const at = Number(position) - 1;
    const old = parts[at];
    parts[at] = {
      position: at + 1,
      name: name ? none(name, '') : (old?.name ?? ''),
      type: type || (old?.type ?? ''),
      optionality: ((optionality as Optionality | '' | undefined) || old?.optionality) ?? 'O',
      repeats: repeats ? (repeats === '*' ? null : Number(repeats)) : (old?.repeats ?? null),
      table: table ? none(table, null) : (old?.table ?? null),
      length: length ? (length === '-' ? null : Number(length)) : (old?.length ?? null),
    };
  }
  return parts;
}

function none<None>(text: string, otherwise: None): string | None {
  return text === '-' ? otherwise : text;
}
