/** Which segments stand in which groups of a message: the standard's abstract message syntax (chapter 2, section 2.12). */
import { structures } from './generated-text.ts';

export interface StructureSegment {
  readonly kind: 'segment';
  /** Several where the standard lets the sender choose one. */
  readonly names: readonly string[];
  readonly required: boolean;
  readonly repeats: boolean;
}

export interface StructureGroup {
  readonly kind: 'group';
  /** `ORDER_OBSERVATION`; of a whole message `ORU_R01`. */
  readonly name: string;
  readonly required: boolean;
  readonly repeats: boolean;
  readonly items: readonly StructureItem[];
  /** Segments that it can begin with. */
  readonly begins: ReadonlySet<string>;
  /** The one that it begins with where nothing is left out; '' where the sender may choose. */
  readonly anchor: string;
  /** What it cannot be without. */
  readonly core: ReadonlySet<string>;
  /** `core` and all that begins a group within: what tells that it has begun where its beginning is missing. */
  readonly heads: ReadonlySet<string>;
}

export type StructureItem = StructureSegment | StructureGroup;

const read = new Map<string, StructureGroup | undefined>();
let editions: { readonly older: ReadonlyMap<string, string>; readonly newer: ReadonlyMap<string, string> } | undefined;
let events: ReadonlyMap<string, string> | undefined;

/**
 * The structure of that name (`ORU_R01`; `ADT_A08` gives ADT_A01) as a version has it: of
 * 2.7.1 from 2.6 on, else of 2.5.1. `undefined` for a structure that the standard does not know.
 */
export function structureNamed(name: string, version = ''): StructureGroup | undefined {
  const isNewer = /^(2\.([6-9]|\d\d)|[3-9])/.test(version);
  events ??= table(structures().SAME_AS);
  const own = events.get(name) ?? name;
  const key = `${own} ${isNewer}`;
  if (read.has(key)) return read.get(key);
  editions ??= { older: table(structures().UNTIL_2_5_1), newer: table(structures().SINCE_2_6) };
  const { older, newer } = editions;
  const text = isNewer ? (newer.get(own) ?? older.get(own)) : (older.get(own) ?? newer.get(own));
  // Names come from messages: only those of the standard are remembered.
  if (text === undefined) return undefined;
  const structure = parse(own, text);
  read.set(key, structure);
  return structure;
}

/** The structure of a message: MSH-9.3 where the standard knows it, else what message code and event say. */
export function structureOf(code: string, event: string, stated: string, version: string): StructureGroup | undefined {
  for (const name of [stated, `${code}_${event}`, code]) {
    const structure = /^[A-Z]{3}(?:_[A-Z][A-Z0-9]{2})?$/.test(name) ? structureNamed(name, version) : undefined;
    if (structure) return structure;
  }
  return undefined;
}

function table(block: string): Map<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf('|');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Marks and names; the text is ours (scripts/structures.ts), so that it is not checked here. */
function parse(name: string, text: string): StructureGroup {
  const tokens = text.match(/[[\]{}()]|[^[\]{}() ]+/g) ?? [];
  let at = 0;
  const items = (): StructureItem[] => {
    const found: StructureItem[] = [];
    while (at < tokens.length && tokens[at] !== ')') found.push(item(true, false));
    return found;
  };
  const item = (required: boolean, repeats: boolean): StructureItem => {
    const token = tokens[at++] ?? '';
    if (token === '[' || token === '{') {
      const inner = item(required && token !== '[', repeats || token === '{');
      at++;
      return inner;
    }
    if (tokens[at] !== '(') return { kind: 'segment', names: token.split('/'), required, repeats };
    at++;
    const inner = items();
    at++;
    return group(token, required, repeats, inner);
  };
  return group(name, true, false, items());
}

function group(name: string, required: boolean, repeats: boolean, items: readonly StructureItem[]): StructureGroup {
  const [begins, core, heads] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let leading = true;
  for (const item of items) {
    const firsts = item.kind === 'segment' ? item.names : item.begins;
    if (leading) for (const first of firsts) begins.add(first);
    if (item.required) for (const one of item.kind === 'segment' ? item.names : item.core) core.add(one);
    if (item.kind === 'group') for (const one of [...firsts, ...item.heads]) heads.add(one);
    leading &&= !item.required;
  }
  for (const one of [...begins, ...core]) heads.add(one);
  const [first] = items;
  const anchor = first?.kind === 'group' ? first.anchor : (first?.names.length === 1 && first.names[0]) || '';
  return { kind: 'group', name, required, repeats, items, begins, anchor, core, heads };
}
