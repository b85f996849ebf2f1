/** The new flow from the old one and the diff. */
import { field, objectOf, type Json } from '../base/json.ts';
import { applyKeyed } from '../base/keyed-list.ts';
import { idOf, type FlowDiff, type NodeDiff } from './flow-diff.ts';
import type { FlowNode } from './flow-node.ts';
import { withNewIds } from './references.ts';

/** @throws TypeError where `before` is not what the diff was made from */
export function applyFlow(before: readonly FlowNode[], diff: FlowDiff): readonly FlowNode[] {
  const ids = new Map(diff.newIds.map((one) => [one.before, one.after]));
  const changes = new Map(diff.nodes.map((node) => [node.id, node]));
  const removed = new Set(diff.removed.map(({ item }) => item.id));
  const kept = before
    .filter(({ id }) => !removed.has(id))
    .map((node) => applyNode(node, withNewIds(node, ids), changes.get(ids.get(node.id) ?? node.id)));
  return applyKeyed(kept, diff, idOf);
}

function applyNode(before: FlowNode, meant: FlowNode, diff: NodeDiff | undefined): FlowNode {
  if (!diff) return meant;
  const all = [...diff.renamed, ...diff.moved, ...diff.rewired, ...diff.changed];
  const changes = new Map(all.map((change) => [change.property, change]));
  const literal = new Set(diff.literal);
  const entries: (readonly [string, Json])[] = Object.entries(meant).flatMap(([key, value]) => {
    const change = changes.get(key);
    if (change) return change.after === undefined ? [] : [[key, change.after] as const];
    return [[key, (literal.has(key) ? field(before, key) : undefined) ?? value] as const];
  });
  for (const { property, before: old, after } of all)
    if (old === undefined && after !== undefined) entries.push([property, after]);
  return objectOf(entries) as FlowNode;
}
