/**
 * Which nodes can lead to a settling node, asked of the live wiring. A delivery to one of them is a branch of the item;
 * all others are taps. Answers are kept until the next deploy.
 *
 * Edges beside the wires: link call -> its link in nodes (all of them where the target is dynamic), and link out
 * "return" -> the outputs of every link call that may call it. Errors are no edges: a debug node does not lead
 * anywhere because a `catch` would hear of its failure.
 */
import type { LiveNode, NodeConfig, NodeRed } from './live-node.ts';

/** The last two go on with the message as work of its own: for the item that comes to them it is the end. */
const SETTLING = new Set(['message done', 'message failed', 'queue out', 'delay until']);

interface Place {
  readonly id: string;
  readonly config: NodeConfig;
}

interface Links {
  /** Every running link in node. */
  readonly entries: readonly string[];
  /** Link out "return" -> the link calls that may have led there. */
  readonly callers: ReadonlyMap<string, readonly LiveNode[]>;
}

export class Reach {
  readonly #nodes: NodeRed['nodes'];
  #known = new Map<string, LiveNode | null>();
  #configs: Map<string, NodeConfig> | null = null;
  #links: Links | null = null;

  constructor(nodes: NodeRed['nodes']) {
    this.#nodes = nodes;
  }

  /** The wiring changed. */
  forget(): void {
    this.#known = new Map();
    this.#configs = null;
    this.#links = null;
  }

  /** The live node with this id, where a message delivered to it can come to a settling node; `null` for a tap. */
  leading(id: string): LiveNode | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const node = this.#nodes.getNode(id) ?? null;
    const answer = node && this.#leads(node) ? node : null;
    this.#known.set(id, answer);
    return answer;
  }

  configOf(node: LiveNode): NodeConfig | undefined {
    this.#configs ??= this.#readConfigs();
    return this.#configs.get(node._alias ?? node.id);
  }

  #leads(start: LiveNode): boolean {
    const seen = new Set<string>([start.id]);
    const queue = [start];
    for (let node = queue.pop(); node; node = queue.pop()) {
      if (this.#settles(node)) return true;
      for (const id of this.#next(node)) {
        if (seen.has(id)) continue;
        seen.add(id);
        const known = this.#known.get(id);
        if (known) return true;
        const next = known === null ? null : this.#nodes.getNode(id);
        if (next) queue.push(next);
      }
    }
    return false;
  }

  /** A node that ends branches, or a sink of ours with "and finish" ticked. */
  #settles(node: LiveNode): boolean {
    if (SETTLING.has(node.type)) return true;
    const config = this.configOf(node);
    return config?.['finish'] === true;
  }

  *#next(node: LiveNode): Iterable<string> {
    yield* wiresOf(node);
    if (node.type === 'link call') yield* this.#targets(node);
    else if (this.#returns(node)) for (const caller of this.#callersOf(node.id)) yield* wiresOf(caller);
  }

  #returns(node: LiveNode): boolean {
    return node.type === 'link out' && this.configOf(node)?.['mode'] === 'return';
  }

  *#targets(call: LiveNode): Iterable<string> {
    const config = this.configOf(call);
    if (config?.['linkType'] === 'dynamic') yield* this.#readLinks().entries;
    else for (const id of listOf(config?.['links'])) yield this.#innerId(call, id);
  }

  /** A link inside a subflow names the subflow's own node; the running one has the instance's id in front. */
  #innerId(node: LiveNode, id: string): string {
    const inner = `${node.z ?? ''}-${id}`;
    return node._alias !== undefined && this.#nodes.getNode(inner) ? inner : id;
  }

  #callersOf(id: string): readonly LiveNode[] {
    return this.#readLinks().callers.get(id) ?? [];
  }

  #readLinks(): Links {
    if (this.#links) return this.#links;
    const places = [...this.#places()];
    const entries = places.filter(({ config }) => config.type === 'link in').map(({ id }) => id);
    const callers = new Map<string, LiveNode[]>();
    this.#links = { entries, callers };
    for (const { id, config } of places) {
      const call = config.type === 'link call' ? this.#nodes.getNode(id) : null;
      if (!call) continue;
      for (const exit of this.#exits(call)) {
        const list = callers.get(exit) ?? [];
        callers.set(exit, [...list, call]);
      }
    }
    return this.#links;
  }

  /** The link out "return" nodes that a call may end in. */
  #exits(call: LiveNode): readonly string[] {
    const seen = new Set<string>();
    const queue = [...this.#targets(call)];
    const exits: string[] = [];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const node = seen.has(id) ? null : this.#nodes.getNode(id);
      seen.add(id);
      if (!node) continue;
      if (this.#returns(node)) exits.push(node.id);
      queue.push(...wiresOf(node));
    }
    return exits;
  }

  /** Every node of the running tabs, those inside subflow instances with the ids they run under. */
  *#places(): Iterable<Place> {
    this.#configs ??= this.#readConfigs();
    const within = Map.groupBy(this.#configs.values(), (config) => config.z ?? '');
    function* walk(container: string, prefix: string, depth: number): Iterable<Place> {
      for (const config of within.get(container) ?? []) {
        const id = `${prefix}${config.id}`;
        yield { id, config };
        if (config.type.startsWith('subflow:') && depth < 20) yield* walk(config.type.slice(8), `${id}-`, depth + 1);
      }
    }
    for (const config of this.#configs.values()) if (config.type === 'tab') yield* walk(config.id, '', 0);
  }

  #readConfigs(): Map<string, NodeConfig> {
    const configs = new Map<string, NodeConfig>();
    this.#nodes.eachNode((config) => configs.set(config.id, config));
    return configs;
  }
}

function* wiresOf(node: LiveNode): Iterable<string> {
  for (const output of node.wires ?? []) for (const id of output) if (id) yield id;
}

function listOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((id): id is string => typeof id === 'string');
}
