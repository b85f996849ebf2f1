import type { Node, NodeAPI, NodeDef } from 'node-red';
import { nodeErrors } from './errors.ts';

/** By type, the property that must differ between the nodes of a tab: one for sources of work, one for effects. */
export const SOURCES = {
  'hl7 in': 'subscription',
  'escalation timer': 'escalation',
  'queue in': 'queue',
  'delay until': 'wait',
  'task create': 'task',
  'task wait': 'wait',
  approval: 'task',
  alert: 'alert',
  'dead letter in': 'source',
  'quarantine in': 'source',
} as const;
export const EFFECTS = { 'fhir write': 'effect', 'hl7 out': 'effect', 'console notice': 'effect' } as const;

/** Of two messages built under one name, a receiver would take the second for a resend of the first. */
export const BUILDS = { 'hl7 build': 'message' } as const;

interface SavedNode extends NodeDef {
  readonly d?: boolean;
  readonly mode?: string;
  readonly [property: string]: unknown;
}

/**
 * Two sources of one name would take each other's work, and of two effects the second would be taken for a repeat of the
 * first and not happen: both nodes refuse instead.
 */
export function refuseSharedName(
  RED: NodeAPI,
  node: Node & { readonly _alias?: string },
  names: Readonly<Record<string, string>>,
  name: string,
): void {
  // Inside a subflow the running node has an id of its own; the saved one is its alias.
  const own = node._alias ?? node.id;
  const bearers: SavedNode[] = [];
  RED.nodes.eachNode((node: NodeDef) => {
    const saved = node as SavedNode;
    const property = names[saved.type];
    if (
      property === undefined ||
      saved.d === true ||
      (saved.type === 'escalation timer' && (saved.mode ?? 'start') !== 'start')
    )
      return;
    if (String(saved[property]).trim() === name) bearers.push(saved);
  });
  const tab = bearers.find(({ id }) => id === own)?.z;
  if (bearers.some(({ id, z }) => id !== own && z === tab)) throw nodeErrors.create('node-name-taken', { name });
}
