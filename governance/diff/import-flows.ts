/**
 * Node-RED's flows.json <-> definitions as files. A tab becomes a definition; subflows and config nodes that belong to no
 * tab go to `_shared`, as they do when the editor saves them.
 */
import { field, isObject, parseJson, type Json } from './base/json.ts';
import { jsonOf, readContent, type DefinitionFiles } from './definition-content.ts';
import { nameOf, nodesOf, type FlowNode } from './flow/flow-node.ts';

export const SHARED = '_shared';

/** Name -> files. */
export type Definitions = Readonly<Record<string, DefinitionFiles>>;

/** What a flows.json says beyond its definitions; with it `exportFlows` gives the very same list again. */
export interface FlowsFrame {
  /** Ids in their order. */
  readonly order: readonly string[];
  /** Tabs that were made, for nodes whose own tab was not in the file (an export of selected nodes). */
  readonly made: readonly string[];
}

export interface ImportNote {
  readonly node: string;
  /**
   * `credentials-left-out`: they belong to the environment. `flow-made`: its tab was not in the file, so it got one.
   * `no-flow`: it names as its tab a node that is none; it stays in `_shared`, where the check of definitions refuses it.
   */
  readonly what: 'credentials-left-out' | 'flow-made' | 'no-flow';
}

export type Imported =
  | { readonly ok: false; readonly problem: string }
  | {
      readonly ok: true;
      readonly definitions: Definitions;
      readonly frame: FlowsFrame;
      readonly notes: readonly ImportNote[];
    };

export interface ImportOptions {
  /** Names that are taken: a new definition gets another. */
  readonly taken?: readonly string[];
  /** Tab id -> name, for tabs that are definitions already. */
  readonly names?: ReadonlyMap<string, string>;
  /** Label of a tab that has to be made. */
  readonly label?: string;
  /** What a definition has beside its flow (intent, README), by its name and title. */
  readonly templates?: (name: string, title: string) => DefinitionFiles;
}

/** @param json the parsed file: a list of nodes, or `{ flows: […] }` as the admin API gives it */
export function importFlows(json: unknown, options: ImportOptions = {}): Imported {
  const value = json as Json;
  const list = isObject(value) ? field(value, 'flows') : value;
  const nodes = list === undefined ? null : nodesOf(list);
  if (!nodes) return { ok: false, problem: 'it is no list of nodes with an id and a type each, every id once' };
  const notes: ImportNote[] = [];
  const sorted = homesOf(nodes, options, notes);
  const files = new Map<string, FlowNode[]>();
  for (const node of [...sorted.made, ...nodes]) {
    const home = sorted.homeOf(node);
    const own = files.get(home) ?? [];
    own.push(withoutCredentials(node, notes));
    files.set(home, own);
  }
  const definitions = [...files].map(([name, own]) => {
    const title = own.map((node) => (node.type === 'tab' ? nameOf(node) : '')).find((text) => text !== '') ?? name;
    const flow = { 'flow.json': `${JSON.stringify(own, null, 2)}\n` };
    return [name, { ...options.templates?.(name, title), ...flow }] as const;
  });
  const frame = { order: nodes.map(({ id }) => id), made: sorted.made.map(({ id }) => id) };
  return { ok: true, definitions: Object.fromEntries(definitions.toSorted(byName)), frame, notes };
}

/** The nodes of all definitions in one list: as they were imported, or `_shared` first and the others by name. */
export function exportFlows(definitions: Definitions, frame?: FlowsFrame): readonly FlowNode[] {
  const nodes = Object.entries(definitions)
    .toSorted(byName)
    .flatMap(([, files]) => {
      const flow = readContent({ 'flow.json': files['flow.json'] ?? '[]' }).get('flow.json');
      return nodesOf(jsonOf(flow) ?? []) ?? [];
    });
  if (!frame) return nodes;
  const made = new Set(frame.made);
  const place = new Map(frame.order.map((id, at) => [id, at]));
  const last = frame.order.length;
  return nodes
    .filter(({ id }) => !made.has(id))
    .toSorted((a, b) => (place.get(a.id) ?? last) - (place.get(b.id) ?? last));
}

interface Homes {
  readonly made: readonly FlowNode[];
  homeOf(node: FlowNode): string;
}

function homesOf(nodes: readonly FlowNode[], options: ImportOptions, notes: ImportNote[]): Homes {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const isContainer = (node: FlowNode): boolean => node.type === 'tab' || node.type === 'subflow';
  const made = new Map<string, FlowNode>();
  for (const node of nodes) {
    const z = field(node, 'z');
    if (typeof z !== 'string' || z === '' || made.has(z)) continue;
    const there = byId.get(z);
    if (there && !isContainer(there)) notes.push({ node: node.id, what: 'no-flow' });
    if (there) continue;
    made.set(z, { id: z, type: 'tab', label: options.label ?? 'Imported flow', disabled: false, info: '', env: [] });
    notes.push({ node: z, what: 'flow-made' });
  }
  const taken = new Set([SHARED, ...(options.taken ?? []), ...(options.names?.values() ?? [])]);
  const homes = new Map<string, string>();
  for (const tab of [...made.values(), ...nodes.filter(({ type }) => type === 'tab')]) {
    const name = options.names?.get(tab.id) ?? freeName(nameOf(tab), taken);
    taken.add(name);
    homes.set(tab.id, name);
  }
  const homeOf = (node: FlowNode): string => {
    const z = field(node, 'z');
    return homes.get(node.id) ?? (typeof z === 'string' ? homes.get(z) : undefined) ?? SHARED;
  };
  return { made: [...made.values()], homeOf };
}

function withoutCredentials(node: FlowNode, notes: ImportNote[]): FlowNode {
  if (!Object.hasOwn(node, 'credentials')) return node;
  notes.push({ node: node.id, what: 'credentials-left-out' });
  const { credentials: _, ...rest } = node;
  return rest;
}

/** The label in small letters, as a folder may be called; with a number where it is taken. */
function freeName(label: string, taken: ReadonlySet<string>): string {
  const plain = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const base = /^[a-z]/.test(plain) ? plain : plain === '' ? 'flow' : `flow-${plain}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a === b ? 0 : a === SHARED ? -1 : b === SHARED ? 1 : a < b ? -1 : 1;

/** For files that were not parsed yet. */
export const importFlowsText = (text: string, options: ImportOptions = {}): Imported => {
  const json = parseJson(text);
  return json === undefined ? { ok: false, problem: 'it is not JSON' } : importFlows(json, options);
};
