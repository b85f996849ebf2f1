/**
 * Flows as files: one tab per definition in `flows/<name>/flow.json`, config nodes and subflows that several use in
 * `flows/_shared/flow.json`. Node-RED knows one array of nodes; here it is put together and taken apart.
 *
 * Order is kept: within a file as the editor gave it, the files by name. `assign` gives the array in exactly the order in
 * which `readFlowFiles` will give it, so that Node-RED's revision (a hash of the array) survives a restart. Keys inside
 * nodes are never sorted: the editor would show every node as changed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_NODE_TYPE, NODE_ID } from '../../engine/index.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import { runtimeErrors } from '../errors.ts';
import { systemCode } from './write-whole.ts';

export const SHARED = '_shared';
const FLOW_FILE = 'flow.json';
const MOST_NODES = 50_000;
const MOST_BYTES = 50 * 1024 * 1024;

/** Folder name -> the nodes in its flow.json. `_shared` comes first, then by name. */
export type FlowFiles = ReadonlyMap<string, readonly NodeConfig[]>;

export const flowFile = (root: string, name: string): string => join(root, name, FLOW_FILE);

/** @throws WardflowError `flow-unreadable` naming the file and what is wrong */
export async function readFlowFiles(root: string): Promise<FlowFiles> {
  const files = new Map<string, readonly NodeConfig[]>();
  const owner = new Map<string, string>();
  for (const name of await folders(root)) {
    const file = flowFile(root, name);
    const nodes = await readNodes(file);
    if (!nodes) continue;
    const tabs = nodes.filter((node) => node.type === 'tab').length;
    if (name === SHARED && tabs > 0) throw unreadable(file, 'the shared file may not hold a tab');
    if (name !== SHARED && tabs !== 1) throw unreadable(file, `it must hold one tab and holds ${tabs}`);
    for (const { id } of nodes) {
      const other = owner.get(id);
      if (other !== undefined) throw unreadable(file, `the node ${id} is also in ${other}`);
      owner.set(id, file);
    }
    files.set(name, nodes);
  }
  return files;
}

export const flatten = (files: FlowFiles): NodeConfig[] => [...files.values()].flat();

/** The same files, shared parts first and then in the order of their tabs; those of tabs that are not named come last. */
export function inTabOrder(files: FlowFiles, tabs: readonly string[]): FlowFiles {
  const places = new Map(tabs.map((id, place) => [id, place]));
  const placeOf = ([name, nodes]: readonly [string, readonly NodeConfig[]]): number =>
    name === SHARED ? -1 : (places.get(nodes.find(({ type }) => type === 'tab')?.id ?? '') ?? Infinity);
  // Stable: what has no place stays in the order of its name.
  return new Map([...files].toSorted((a, b) => compare(placeOf(a), placeOf(b))));
}

/** Without a difference of two that are infinite. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

export const tabsOf = (nodes: readonly NodeConfig[]): string[] =>
  nodes.filter(({ type }) => type === 'tab').map(({ id }) => id);

/**
 * Takes a deployed array apart. A tab stays in its folder; a new one gets a folder of its label. What belongs to no tab
 * stays where it was, and is shared when it is new.
 */
export function assign(nodes: readonly NodeConfig[], before: FlowFiles, taken: Iterable<string>): FlowFiles {
  const home = new Map<string, string>();
  for (const [name, old] of before) for (const node of old) home.set(node.id, name);
  const names = new Set([...taken, ...before.keys(), SHARED]);
  const folderOf = new Map<string, string>();
  for (const tab of nodes.filter((node) => node.type === 'tab')) {
    const name = home.get(tab.id) ?? freeName(tab['label'], names);
    names.add(name);
    folderOf.set(tab.id, name);
  }
  const tabs = new Set(folderOf.values());
  // Before the nodes inside them, which follow their subflow.
  for (const node of nodes.filter((one) => one.type === 'subflow')) {
    const kept = home.get(node.id);
    folderOf.set(node.id, kept !== undefined && tabs.has(kept) ? kept : SHARED);
  }
  const files = new Map<string, NodeConfig[]>();
  for (const node of nodes) {
    const kept = home.get(node.id);
    const name =
      folderOf.get(node.id) ??
      (node.z ? folderOf.get(node.z) : undefined) ??
      (kept !== undefined && tabs.has(kept) && !node.z ? kept : SHARED);
    const list = files.get(name) ?? [];
    list.push(withoutCredentials(node));
    files.set(name, list);
  }
  return new Map([...files].toSorted(([a], [b]) => byName(a, b)));
}

/** A name for a folder: the label in small letters. */
export function slug(label: unknown): string {
  const text = typeof label === 'string' ? label : '';
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return /^[a-z]/.test(plain) ? plain : plain === '' ? 'flow' : `flow-${plain}`;
}

/** What Node-RED's editor sends is an array of nodes; anything else is refused before it touches a file. */
export function problemOf(nodes: unknown): string | null {
  if (!Array.isArray(nodes)) return 'it is not a list of nodes';
  if (nodes.length > MOST_NODES) return `it has more than ${MOST_NODES} nodes`;
  const ids = new Set<string>();
  for (const node of nodes as readonly unknown[]) {
    if (typeof node !== 'object' || node === null) return 'an entry is not a node';
    const { id, type } = node as Partial<NodeConfig>;
    if (typeof id !== 'string' || !NODE_ID.test(id)) return 'a node has no usable id';
    if (typeof type !== 'string' || type === '' || type.length > LONGEST_NODE_TYPE) return `the node ${id} has no type`;
    if (ids.has(id)) return `the node ${id} is there twice`;
    ids.add(id);
  }
  return null;
}

/** Folders that may hold a definition; what else lies there is judged when the definitions are loaded. */
export async function folders(root: string): Promise<readonly string[]> {
  let entries;
  try {
    entries = await readdir(root, { withFileTypes: true });
  } catch (cause) {
    throw runtimeErrors.create('flow-unreadable', { file: root, reason: systemCode(cause) }, { cause });
  }
  return entries
    .filter((entry) => entry.isDirectory() && (entry.name === SHARED || /^[a-z][a-z0-9-]{0,62}$/.test(entry.name)))
    .map((entry) => entry.name)
    .toSorted(byName);
}

async function readNodes(file: string): Promise<readonly NodeConfig[] | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    throw runtimeErrors.create('flow-unreadable', { file, reason: systemCode(cause) }, { cause });
  }
  if (text.length > MOST_BYTES) throw unreadable(file, 'it is larger than 50 MiB');
  let nodes: unknown;
  try {
    nodes = JSON.parse(text);
  } catch (cause) {
    throw runtimeErrors.create('flow-unreadable', { file, reason: 'it is not JSON' }, { cause });
  }
  const problem = problemOf(nodes);
  if (problem !== null) throw unreadable(file, problem);
  return nodes as readonly NodeConfig[];
}

function freeName(label: unknown, taken: ReadonlySet<string>): string {
  const base = slug(label);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function withoutCredentials(node: NodeConfig): NodeConfig {
  if (!('credentials' in node)) return node;
  const { credentials: _, ...rest } = node;
  return rest;
}

const byName = (a: string, b: string): number => (a === b ? 0 : a === SHARED ? -1 : b === SHARED ? 1 : a < b ? -1 : 1);

const unreadable = (file: string, reason: string): Error => runtimeErrors.create('flow-unreadable', { file, reason });
