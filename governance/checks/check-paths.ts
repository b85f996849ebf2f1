/**
 * Every path from a source settles, as the runtime's counted branches ask for (docs/decisions/0002-counted-branches.md):
 * each output of each node on the way leads to a node that settles, every switch has an "otherwise", errors are caught
 * and settle, too, and nothing on the way keeps messages or mixes them.
 */
import type { FlowNode } from '../../engine/index.ts';
import { finding, nameOf, type Finding } from './finding.ts';
import { FlowGraph, isReturn, type Place } from './flow-graph.ts';
import { outputsOf } from './node-catalogue.ts';
import { whyNotBetween } from './nodes-between.ts';
import type { Subject } from './subject.ts';

/** Nodes that send what the engine has accepted: an item begins there. */
const SOURCES = new Set([
  'hl7 in',
  'queue in',
  'delay until',
  'dead letter in',
  'quarantine in',
  'fhir subscription in',
  'http event in',
  'escalation timer',
  'task create',
  'task wait',
  'approval',
]);
/** For the item that comes to them it is the end. */
const SETTLING = new Set(['message done', 'message failed', 'queue out', 'delay until', 'task wait', 'approval']);

export function checkPaths(subject: Subject, graph = new FlowGraph(subject.nodes, subject.sharedNodes)): Finding[] {
  const walk = new Walk(subject, graph);
  const tabs = new Set<string>();
  for (const place of graph.places.values()) {
    if (!SOURCES.has(place.node.type)) continue;
    walk.from(place);
    tabs.add(place.tab);
  }
  // What a catch node hears belongs to an item that a source began.
  if (tabs.size > 0) for (const place of graph.places.values()) if (place.node.type === 'catch') walk.from(place);
  const where = { definition: subject.name, file: 'flow.json' };
  const uncaught = subject.nodes.filter(
    (tab) => tabs.has(tab.id) && !subject.nodes.some((node) => isCatchAll(node, tab.id)),
  );
  if (graph.tooLarge) walk.found.push(finding('flow-too-large', where));
  return [...walk.found, ...uncaught.map((tab) => finding('errors-not-caught', { ...where, node: tab }))];
}

function isCatchAll(node: FlowNode, tab: string): boolean {
  const scope = node['scope'];
  return node.type === 'catch' && node.z === tab && !Array.isArray(scope) && scope !== 'group';
}

class Walk {
  readonly found: Finding[] = [];
  readonly #subject: Subject;
  readonly #graph: FlowGraph;
  readonly #seen = new Set<string>();
  #leads: ReadonlySet<string> | undefined;
  /** A node of a subflow is told of once, however many instances there are. */
  readonly #told = new Set<string>();

  constructor(subject: Subject, graph: FlowGraph) {
    this.#subject = subject;
    this.#graph = graph;
  }

  from(source: Place): void {
    const queue = [source];
    for (let place = queue.pop(); place; place = queue.pop()) {
      // What a source sends is looked at even where the same node is an end for others (`delay until`).
      if (this.#seen.has(place.id) || (place !== source && this.#settles(place))) continue;
      this.#seen.add(place.id);
      this.#judge(place);
      for (const { to, how } of this.#graph.edges(place.id)) {
        const next = this.#graph.places.get(to);
        if (next && how !== 'return' && this.#leading(to)) queue.push(next);
      }
    }
  }

  #judge(place: Place): void {
    const { node } = place;
    if (node.type === 'switch' && !hasOtherwise(node)) this.#say('switch-without-otherwise', node);
    const why = whyNotBetween(node);
    if (why !== null) this.#say('node-between', node, { why });
    if (isReturn(node)) return;
    const edges = this.#graph.edges(place.id);
    for (let port = 0; port < this.#outputs(place); port++) {
      const targets = edges.filter((edge) => edge.port === port);
      if (targets.some(({ to }) => this.#leading(to))) continue;
      const how = targets.length === 0 ? 'is wired to nothing' : 'leads to nothing that settles';
      this.#say('path-not-settled', node, { output: port + 1, how }, String(port));
    }
  }

  #outputs(place: Place): number {
    const { node } = place;
    // The inner nodes of a subflow instance have the outputs; of the instance its way in counts.
    if (node.type.startsWith('subflow:') || node.type === 'link out') return 1;
    // A subroutine that never comes back needs no way on.
    if (node.type === 'link call') return 1;
    return Math.max(1, outputsOf(node, this.#subject.catalogue));
  }

  #settles({ node }: Place): boolean {
    return SETTLING.has(node.type) || node['finish'] === true;
  }

  /** Whether something that settles can be reached: asked once for all, backwards from the ends. */
  #leading(id: string): boolean {
    this.#leads ??= this.#leadingPlaces();
    return this.#leads.has(id);
  }

  #leadingPlaces(): ReadonlySet<string> {
    const before = new Map<string, string[]>();
    const ends: string[] = [];
    for (const place of this.#graph.places.values()) {
      if (this.#settles(place)) ends.push(place.id);
      for (const { to } of this.#graph.edges(place.id)) {
        const list = before.get(to);
        if (list) list.push(place.id);
        else before.set(to, [place.id]);
      }
    }
    const leads = new Set<string>();
    for (let id = ends.pop(); id !== undefined; id = ends.pop()) {
      if (leads.has(id)) continue;
      leads.add(id);
      ends.push(...(before.get(id) ?? []));
    }
    return leads;
  }

  #say(
    code: 'path-not-settled' | 'switch-without-otherwise' | 'node-between',
    node: FlowNode,
    details: Readonly<Record<string, string | number>> = {},
    part = '',
  ): void {
    const key = `${code} ${node.id} ${part}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const own = this.#subject.nodes.some(({ id }) => id === node.id);
    const file = own ? 'flow.json' : '_shared/flow.json';
    this.found.push(finding(code, { definition: this.#subject.name, file, node }, { node: nameOf(node), ...details }));
  }
}

/** Pairs that leave nothing over, beside the "otherwise" itself. */
const COMPLETE: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['null', 'nnull'],
  ['empty', 'nempty'],
];

function hasOtherwise(node: FlowNode): boolean {
  const rules: unknown = node['rules'];
  const kinds = new Set(Array.isArray(rules) ? rules.map((rule: { readonly t?: unknown } | null) => rule?.t) : []);
  return kinds.has('else') || COMPLETE.some(([one, other]) => kinds.has(one) && kinds.has(other));
}
