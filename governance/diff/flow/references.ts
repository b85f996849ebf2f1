/** A node that was made anew has a new id; wherever the old one is named, the new one is meant. */
import { isList, isObject, objectOf, type Json } from '../base/json.ts';
import type { FlowNode } from './flow-node.ts';

export type NewIds = ReadonlyMap<string, string>;

/** The node with every id that it names (and its own) as it is now. The very node where it names none of them. */
export function withNewIds(node: FlowNode, ids: NewIds): FlowNode {
  return ids.size === 0 ? node : (translated(node, ids) as FlowNode);
}

export function translated(value: Json, ids: NewIds): Json {
  if (typeof value === 'string') {
    const now = ids.get(value);
    if (now !== undefined) return now;
    // A subflow's instance names it in its type.
    const subflow = value.startsWith('subflow:') ? ids.get(value.slice(8)) : undefined;
    return subflow === undefined ? value : `subflow:${subflow}`;
  }
  if (isList(value)) {
    const list = value.map((item) => translated(item, ids));
    return list.some((item, i) => item !== value[i]) ? list : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, translated(item, ids)] as const);
  return entries.some(([key, item]) => item !== value[key]) ? objectOf(entries) : value;
}
