/** A node as `flow.json` has it. */
import { field, isList, isObject, type Json, type JsonObject } from '../base/json.ts';

export interface FlowNode extends JsonObject {
  readonly id: string;
  readonly type: string;
}

/** One wire: out of a port (from 0) of a node into another. Links between link nodes count as wires of port 0. */
export interface Wire {
  readonly from: string;
  readonly port: number;
  readonly to: string;
}

const MOST_NODES = 50_000;

/** `null`: no list of nodes with ids of their own; such a file is compared as any other JSON. */
export function nodesOf(value: Json): readonly FlowNode[] | null {
  if (!isList(value) || value.length > MOST_NODES) return null;
  const ids = new Set<string>();
  for (const node of value) {
    if (!isObject(node)) return null;
    const [id, type] = [field(node, 'id'), field(node, 'type')];
    if (typeof id !== 'string' || typeof type !== 'string' || ids.has(id)) return null;
    ids.add(id);
  }
  return value as readonly FlowNode[];
}

export function wiresOf(node: FlowNode): readonly Wire[] {
  const wires: Wire[] = [];
  const ports = field(node, 'wires');
  const add = (port: number, targets: Json | undefined): void => {
    if (!isList(targets)) return;
    for (const to of targets) if (typeof to === 'string') wires.push({ from: node.id, port, to });
  };
  if (isList(ports)) ports.forEach((targets, port) => add(port, targets));
  if (node.type === 'link out' || node.type === 'link call') add(0, field(node, 'links'));
  return wires;
}

/** What it is called on the canvas: its name or label; empty where it has none. */
export function nameOf(node: FlowNode): string {
  for (const key of ['name', 'label']) {
    const value = field(node, key);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return '';
}
