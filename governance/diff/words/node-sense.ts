/** What nodes and their properties are called. */
import { field, type Json } from '../base/json.ts';
import { nodesIn, type DefinitionContent } from '../definition-content.ts';
import { nameOf, type FlowNode } from '../flow/flow-node.ts';
import { humanised, shown } from './value-words.ts';

/** Node type -> property -> what its form calls it, as the palette's locale has it (`label`). */
export type PropertyLabels = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Looks nodes up by id: the new version first, then the old one, then what both use. */
export interface NodeNames {
  find(id: string): FlowNode | undefined;
  /** `"Task for the team"`, or type and id where it has no name. */
  quoted(id: string): string;
}

export function nodeNames(...versions: readonly DefinitionContent[]): NodeNames {
  const nodes = new Map<string, FlowNode>();
  for (const version of versions)
    for (const node of nodesIn(version)) if (!nodes.has(node.id)) nodes.set(node.id, node);
  const find = (id: string): FlowNode | undefined => nodes.get(id);
  return {
    find,
    quoted: (id) => {
      const node = find(id);
      const name = node ? nameOf(node) : '';
      return name === '' ? (node ? `${typeWords(node, { find })} ${id}` : id) : `"${shown(name)}"`;
    },
  };
}

const CALLED: Readonly<Record<string, string>> = {
  'wardflow-hl7-endpoint': 'receiver',
  'wardflow-http-endpoint': 'server',
};

/** A subflow's instance goes by the subflow's name. */
export function typeWords({ type }: FlowNode, names: Pick<NodeNames, 'find'>): string {
  if (type === 'tab') return 'flow';
  if (!type.startsWith('subflow:')) return CALLED[type] ?? type.replace(/^wardflow-(fhir-)?/, '');
  const subflow = names.find(type.slice(8));
  return `subflow ${subflow ? nameOf(subflow) || subflow.id : type.slice(8)}`;
}

/** `fhir write "Task for the team"`. */
export function nodeWords(node: FlowNode, names: NodeNames): string {
  const name = nameOf(node);
  return `${typeWords(node, names)} ${name === '' ? node.id : `"${shown(name)}"`}`;
}

/** A property's value: the id of a node is told by that node's name. */
export function propertyValue(value: Json | undefined, names: NodeNames): string {
  const node = typeof value === 'string' ? names.find(value) : undefined;
  return node ? nameOf(node) || node.id : shown(value);
}

export function propertyWords(type: string, property: string, labels: PropertyLabels): string {
  const known = Object.hasOwn(labels, type) ? labels[type] : undefined;
  const label = known && Object.hasOwn(known, property) ? known[property] : undefined;
  return label === undefined || label === '' ? humanised(property) : label;
}

export const textOf = (node: FlowNode, key: string): string => {
  const value = field(node, key);
  return typeof value === 'string' ? value : '';
};
