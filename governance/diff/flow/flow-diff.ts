/** What differs between two versions of a flow, by what it means: a node that only stands elsewhere is no changed node. */
import { equalJson, field, type Json } from '../base/json.ts';
import { diffKeyed, type KeyedDiff } from '../base/keyed-list.ts';
import { nameOf, wiresOf, type FlowNode, type Wire } from './flow-node.ts';
import { matchNodes } from './match-nodes.ts';
import { withNewIds, type NewIds } from './references.ts';

/** Absent `before`: the property was not there; absent `after`: it is not there any more. */
export interface PropertyChange {
  readonly property: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** A node that is in both versions and is not the same. Every list may be empty, not all of them. */
export interface NodeDiff {
  /** In the new version; `FlowDiff.newIds` says where the old one was another. */
  readonly id: string;
  readonly type: string;
  /** Name or label in the new version, empty where it has none. */
  readonly name: string;
  /** `name` or `label`. */
  readonly renamed: readonly PropertyChange[];
  /** `x`, `y`, `w`, `h`. */
  readonly moved: readonly PropertyChange[];
  /** `wires`, `links`. */
  readonly rewired: readonly PropertyChange[];
  /** Wires that are gone and wires that are new, by the new ids; both empty where only their order is another. */
  readonly cut: readonly Wire[];
  readonly laid: readonly Wire[];
  /** All other properties. */
  readonly changed: readonly PropertyChange[];
  /** Properties with a text that happens to be the old id of a node that has a new one: they stayed as they were. */
  readonly literal?: readonly string[];
}

export interface FlowDiff extends KeyedDiff<FlowNode> {
  readonly kind: 'flow';
  readonly nodes: readonly NodeDiff[];
  /** Nodes that were deleted and made anew: the same under another id. */
  readonly newIds: readonly { readonly before: string; readonly after: string }[];
}

export type NodeState = 'added' | 'removed' | 'changed' | 'renamed' | 'rewired' | 'moved' | 'new-id';

export const idOf = (node: FlowNode): string => node.id;

/** `null`: they mean the same and stand in the same order. */
export function diffFlows(before: readonly FlowNode[], after: readonly FlowNode[]): FlowDiff | null {
  const match = matchNodes(before, after);
  const newIds = [...match].flatMap(([from, to]) => (from === to ? [] : [{ before: from, after: to }]));
  const ids: NewIds = new Map(newIds.map((one) => [one.before, one.after]));
  const now = new Map(after.map((node) => [node.id, node]));
  const nodes = before.flatMap((node) => {
    const other = now.get(match.get(node.id) ?? '');
    const diff = other && match.has(node.id) ? diffNode(node, other, ids) : null;
    return diff ? [diff] : [];
  });
  const list = diffKeyed(before, after, idOf, ({ id }) => match.get(id));
  const nothing = nodes.length + newIds.length + list.added.length + list.removed.length + list.moved.length === 0;
  return nothing ? null : { kind: 'flow', ...list, nodes, newIds };
}

type Facet = 'renamed' | 'moved' | 'rewired' | 'changed';
const FACETS: Readonly<Record<string, Facet>> = {
  name: 'renamed',
  label: 'renamed',
  x: 'moved',
  y: 'moved',
  w: 'moved',
  h: 'moved',
  wires: 'rewired',
  links: 'rewired',
};

const facetOf = (property: string): Facet =>
  (Object.hasOwn(FACETS, property) ? FACETS[property] : undefined) ?? 'changed';

function diffNode(before: FlowNode, after: FlowNode, ids: NewIds): NodeDiff | null {
  const meant = withNewIds(before, ids);
  const facets: Record<Facet, PropertyChange[]> = { renamed: [], moved: [], rewired: [], changed: [] };
  const literal: string[] = [];
  for (const property of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, asMeant, now] = [field(before, property), field(meant, property), field(after, property)];
    if (property === 'id' || equalJson(asMeant, now)) continue;
    if (equalJson(old, now)) literal.push(property);
    else
      facets[facetOf(property)].push({
        property,
        ...(old === undefined ? {} : { before: old }),
        ...(now === undefined ? {} : { after: now }),
      });
  }
  if (literal.length === 0 && Object.values(facets).every((list) => list.length === 0)) return null;
  const { cut, laid } = facets.rewired.length > 0 ? rewiring(meant, after) : { cut: [], laid: [] };
  return {
    id: after.id,
    type: after.type,
    name: nameOf(after),
    ...facets,
    cut,
    laid,
    ...(literal.length > 0 ? { literal } : {}),
  };
}

function rewiring(
  before: FlowNode,
  after: FlowNode,
): { readonly cut: readonly Wire[]; readonly laid: readonly Wire[] } {
  const key = ({ port, to }: Wire): string => `${port} ${to}`;
  const [old, now] = [wiresOf(before), wiresOf(after)];
  const [keysOld, keysNow] = [new Set(old.map(key)), new Set(now.map(key))];
  return { cut: old.filter((wire) => !keysNow.has(key(wire))), laid: now.filter((wire) => !keysOld.has(key(wire))) };
}

/** For a picture: what happened to each node, by its new id (removed ones by their old id). */
export function nodeStates(diff: FlowDiff): ReadonlyMap<string, ReadonlySet<NodeState>> {
  const states = new Map<string, Set<NodeState>>();
  const say = (id: string, state: NodeState): void => {
    states.set(id, (states.get(id) ?? new Set<NodeState>()).add(state));
  };
  for (const { item } of diff.removed) say(item.id, 'removed');
  for (const { item } of diff.added) say(item.id, 'added');
  for (const { after } of diff.newIds) say(after, 'new-id');
  for (const node of diff.nodes)
    for (const facet of ['changed', 'renamed', 'rewired', 'moved'] as const)
      if (node[facet].length > 0) say(node.id, facet);
  return states;
}
