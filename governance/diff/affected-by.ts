/**
 * Whom a change of `_shared` touches: for each part that changed the definitions that use it, directly or through other
 * shared parts. Where a name stands in an expression it counts as used: a reviewer may look at one definition too many,
 * never at one too few.
 */
import { field, isList, isObject, type Json } from './base/json.ts';
import { nodesIn, type DefinitionContent } from './definition-content.ts';
import type { DefinitionDiff } from './diff-definitions.ts';
import { nodeStates, type FlowDiff } from './flow/flow-diff.ts';
import { nameOf, type FlowNode } from './flow/flow-node.ts';

export type SharedPartKind = 'subflow' | 'config' | 'rules' | 'ladders' | 'maps' | 'mappings' | 'alerts' | 'checklists';

export interface AffectedPart {
  readonly kind: SharedPartKind;
  /** Node id of a subflow or config node, else the name of the file. */
  readonly id: string;
  /** As people call it. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly definitions: readonly {
    readonly name: string;
    /** Nodes of the definition through which it comes to it; empty where a rule table names it. */
    readonly nodes: readonly string[];
  }[];
}

const FILES = new Set<string>(['rules', 'ladders', 'maps', 'mappings', 'alerts', 'checklists']);

/** @param definitions the others, as they are now */
export function affectedBy(
  diff: DefinitionDiff,
  shared: { readonly before: DefinitionContent; readonly after: DefinitionContent },
  definitions: ReadonlyMap<string, DefinitionContent>,
): readonly AffectedPart[] {
  const parts = changedParts(diff, shared);
  const known = knownParts(shared.before, shared.after);
  const inside = new Map<string, ReadonlySet<string>>();
  for (const version of [shared.before, shared.after])
    for (const [key, uses] of usesInside(version, known))
      inside.set(key, new Set([...(inside.get(key) ?? []), ...uses]));
  const users = [...definitions].map(([name, content]) => ({ name, uses: usesOf(own(content), known, inside) }));
  return parts.map(({ key, ...part }) => ({
    ...part,
    definitions: users.flatMap(({ name, uses }) => {
      const nodes = uses.get(key);
      return nodes ? [{ name, nodes: [...nodes].toSorted() }] : [];
    }),
  }));
}

/** A definition as it is kept may carry a copy of what it uses. */
const own = (content: DefinitionContent): DefinitionContent =>
  new Map([...content].filter(([path]) => !path.startsWith('_shared/')));

interface Part extends Omit<AffectedPart, 'definitions'> {
  readonly key: string;
}

function changedParts(
  diff: DefinitionDiff,
  { before, after }: { readonly before: DefinitionContent; readonly after: DefinitionContent },
): readonly Part[] {
  return diff.files.flatMap(({ path, diff: file }): readonly Part[] => {
    const change = file.kind === 'added' || file.kind === 'removed' ? file.kind : 'changed';
    const [, folder = '', name = ''] = /^([a-z]+)\/(.+)\.json$/.exec(path) ?? [];
    if (FILES.has(folder))
      return [{ key: `${folder}:${name}`, kind: folder as SharedPartKind, id: name, name, change }];
    if (path !== 'flow.json') return [];
    if (file.kind === 'flow') return changedNodes(file, before, after);
    // The whole flow came, went or became something else.
    return [...new Map([...nodesIn(before), ...nodesIn(after)].map((node) => [node.id, node])).values()]
      .filter((node) => !isInSubflow(node))
      .map((node) => nodePart(node, change));
  });
}

function changedNodes(diff: FlowDiff, before: DefinitionContent, after: DefinitionContent): readonly Part[] {
  const old = new Map(nodesIn(before).map((node) => [node.id, node]));
  const now = new Map(nodesIn(after).map((node) => [node.id, node]));
  const parts = new Map<string, Part>();
  for (const [id, states] of nodeStates(diff)) {
    if (states.size === 1 && states.has('moved')) continue;
    const node = now.get(id) ?? old.get(id);
    if (!node) continue;
    const z = field(node, 'z');
    const owner = isInSubflow(node) && typeof z === 'string' ? (now.get(z) ?? old.get(z)) : node;
    if (!owner) continue;
    const change =
      owner !== node ? 'changed' : states.has('added') ? 'added' : states.has('removed') ? 'removed' : 'changed';
    const known = parts.get(owner.id);
    if (!known || known.change === 'changed') parts.set(owner.id, nodePart(owner, change));
  }
  // Whoever names the old id of a node that was made anew names nothing any more.
  for (const { before: id } of diff.newIds) {
    const node = old.get(id);
    if (node && !isInSubflow(node)) parts.set(id, nodePart(node, 'removed'));
  }
  return [...parts.values()];
}

const isInSubflow = (node: FlowNode): boolean => typeof field(node, 'z') === 'string' && field(node, 'z') !== '';

const nodePart = (node: FlowNode, change: Part['change']): Part => ({
  key: `node:${node.id}`,
  kind: node.type === 'subflow' ? 'subflow' : 'config',
  id: node.id,
  name: nameOf(node) || node.id,
  change,
});

interface Known {
  readonly nodes: ReadonlySet<string>;
  /** Name of a file -> its keys: a table and a ladder may have one name. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Keys of mappings and code maps, which no node names. */
  readonly conversions: ReadonlySet<string>;
}

function knownParts(...versions: readonly DefinitionContent[]): Known {
  const names = new Map<string, Set<string>>();
  const conversions = new Set<string>();
  for (const path of versions.flatMap((version) => [...version.keys()])) {
    const [, folder = '', name = ''] = /^([a-z]+)\/(.+)\.json$/.exec(path) ?? [];
    if (folder === 'maps' || folder === 'mappings') conversions.add(`${folder}:${name}`);
    else if (FILES.has(folder)) names.set(name, (names.get(name) ?? new Set<string>()).add(`${folder}:${name}`));
  }
  return {
    nodes: new Set(versions.flatMap((version) => nodesIn(version).map(({ id }) => id))),
    names: new Map([...names].map(([name, keys]) => [name, [...keys]])),
    conversions,
  };
}

/** What each shared part itself uses. */
function usesInside(shared: DefinitionContent, known: Known): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>();
  const add = (key: string, value: Json): void => {
    uses.set(key, new Set([...(uses.get(key) ?? []), ...named(value, known)]));
  };
  for (const node of nodesIn(shared)) {
    const z = field(node, 'z');
    add(`node:${typeof z === 'string' && z !== '' ? z : node.id}`, node);
  }
  for (const [path, file] of shared) {
    const [, folder = '', name = ''] = /^([a-z]+)\/(.+)\.json$/.exec(path) ?? [];
    if (FILES.has(folder) && file.kind === 'rule-table') add(`${folder}:${name}`, file.table.rows);
  }
  return uses;
}

/** Key -> the nodes of the definition that lead to it. */
function usesOf(
  content: DefinitionContent,
  known: Known,
  inside: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>();
  const reach = (start: ReadonlySet<string>, node: string | null): void => {
    const seen = new Set<string>();
    const open = [...start];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (seen.has(key)) continue;
      seen.add(key);
      const through = uses.get(key) ?? new Set<string>();
      uses.set(key, node === null ? through : through.add(node));
      open.push(...(inside.get(key) ?? []));
    }
  };
  for (const node of nodesIn(content)) reach(new Set([...named(node, known), ...converted(node, known)]), node.id);
  for (const file of content.values()) if (file.kind === 'rule-table') reach(named(file.table.rows, known), null);
  return uses;
}

/** `hl7 to fhir` names no mapping: which one it uses, and through which code maps, is decided by the message. */
const converted = (node: FlowNode, known: Known): Iterable<string> =>
  node.type === 'hl7 to fhir' ? known.conversions : [];

/** Keys of the shared parts that a value names: as a whole text, as a subflow's type, or quoted in an expression. */
function named(value: Json, known: Known, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'string') {
    const id = value.replace(/^subflow:/, '');
    if (known.nodes.has(id)) found.add(`node:${id}`);
    for (const key of known.names.get(value) ?? []) found.add(key);
    if (value.length < 100_000)
      for (const [, , quoted = ''] of value.matchAll(/(["'])([\w.-]{1,100})\1/g))
        for (const key of known.names.get(quoted) ?? []) found.add(key);
  } else if (isList(value)) for (const item of value) named(item, known, found);
  else if (isObject(value)) for (const item of Object.values(value)) named(item, known, found);
  return found;
}
