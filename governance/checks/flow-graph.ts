/**
 * A definition's wiring as it will run: subflow instances unfolded, links followed. The same edges as the runtime's
 * own rule (runtime/branch-hooks/reach.ts), from the files instead of from live nodes.
 */
import type { FlowNode } from '../../engine/index.ts';

export interface Place {
  /** Node id, with the ids of the subflow instances it is in before it: `inst-node`. */
  readonly id: string;
  readonly node: FlowNode;
  /** Ids of the instances, each with a dash behind it; empty on the tab itself. */
  readonly within: string;
  /** Id of the tab that it runs on, also inside a subflow. */
  readonly tab: string;
}

export interface Edge {
  readonly to: string;
  /** Output it leaves by. */
  readonly port: number;
  /** `call` into a subroutine of links, `return` out of one. */
  readonly how: 'wire' | 'call' | 'return';
}

const DEEPEST = 20;
/** Subflows in subflows multiply: beyond this nobody could review it either. */
const MOST_PLACES = 50_000;

export class FlowGraph {
  readonly places: ReadonlyMap<string, Place>;
  /** It unfolds to more nodes than are looked at. */
  readonly tooLarge: boolean;
  readonly #edges = new Map<string, readonly Edge[]>();
  readonly #subflows: ReadonlyMap<string, FlowNode>;
  readonly #exits = new Map<string, readonly string[]>();

  constructor(nodes: readonly FlowNode[], shared: readonly FlowNode[]) {
    const all = [...nodes, ...shared];
    this.#subflows = new Map(all.filter(({ type }) => type === 'subflow').map((node) => [node.id, node]));
    const within = Map.groupBy(all, ({ z }) => z ?? '');
    const places = new Map<string, Place>();
    const walk = (tab: string, container: string, prefix: string, depth: number): void => {
      for (const node of within.get(container) ?? []) {
        const id = `${prefix}${node.id}`;
        if (places.size >= MOST_PLACES) return;
        places.set(id, { id, node, within: prefix, tab });
        const subflow = subflowOf(node);
        if (subflow !== undefined && depth < DEEPEST) walk(tab, subflow, `${id}-`, depth + 1);
      }
    };
    for (const { id, type } of nodes) if (type === 'tab') walk(id, id, '', 0);
    this.places = places;
    this.tooLarge = places.size >= MOST_PLACES;
    for (const place of places.values()) this.#edges.set(place.id, [...this.#wires(place), ...this.#links(place)]);
    for (const place of places.values())
      if (place.node.type === 'link call')
        for (const exit of this.exitsOf(place.id))
          this.#edges.set(exit, [
            ...(this.#edges.get(exit) ?? []),
            ...[...this.#wires(place)].map(({ to }) => ({ to, port: 0, how: 'return' as const })),
          ]);
  }

  edges(id: string): readonly Edge[] {
    return this.#edges.get(id) ?? [];
  }

  /** The link out "return" nodes that a link call may come back from. */
  exitsOf(call: string): readonly string[] {
    const known = this.#exits.get(call);
    if (known) return known;
    const seen = new Set<string>();
    const queue = this.edges(call).flatMap(({ to, how }) => (how === 'call' ? [to] : []));
    const exits: string[] = [];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const place = this.places.get(id);
      if (!place || seen.has(id)) continue;
      seen.add(id);
      if (isReturn(place.node)) exits.push(id);
      else queue.push(...this.edges(id).flatMap(({ to, how }) => (how === 'return' ? [] : [to])));
    }
    this.#exits.set(call, exits);
    return exits;
  }

  *#wires({ id, node, within }: Place): Iterable<Edge> {
    const subflow = subflowOf(node);
    const inside = subflow === undefined ? undefined : this.#subflows.get(subflow);
    if (inside) {
      for (const target of wireIds(inside['in'])) yield { to: `${id}-${target}`, port: 0, how: 'wire' };
      // An input that is wired to an output of the subflow.
      yield* this.#leaving(id, inside.id, 0, inside);
      return;
    }
    for (const [port, targets] of (node.wires ?? []).entries())
      for (const target of targets) yield { to: `${within}${target}`, port, how: 'wire' };
    if (within === '' || node.z === undefined) return;
    const around = this.#subflows.get(node.z);
    if (around) yield* this.#leaving(within.slice(0, -1), node.id, undefined, around);
  }

  /** From a node inside a subflow (or its input) over the subflow's outputs to what the instance is wired to. */
  *#leaving(instance: string, from: string, only: number | undefined, subflow: FlowNode): Iterable<Edge> {
    const place = this.places.get(instance);
    const outputs: unknown = subflow['out'];
    if (!place || !Array.isArray(outputs)) return;
    for (const [index, output] of outputs.entries())
      for (const { id, port } of wiresIn(output)) {
        if (id !== from || (only !== undefined && port !== only)) continue;
        for (const target of place.node.wires?.[index] ?? [])
          yield { to: `${place.within}${target}`, port, how: 'wire' };
      }
  }

  *#links({ node, within }: Place): Iterable<Edge> {
    if (node.type === 'link out' && !isReturn(node))
      for (const to of this.#linked(node, within)) yield { to, port: 0, how: 'wire' };
    if (node.type !== 'link call') return;
    const targets =
      node['linkType'] === 'dynamic'
        ? [...this.places.values()].filter((place) => place.node.type === 'link in').map(({ id }) => id)
        : this.#linked(node, within);
    for (const to of targets) yield { to, port: 0, how: 'call' };
  }

  /** A link inside a subflow names the subflow's own node; a link to a tab names it as it is. */
  #linked(node: FlowNode, within: string): readonly string[] {
    const links: unknown = node['links'];
    const ids: readonly unknown[] = Array.isArray(links) ? links : [links];
    return ids.flatMap((id) =>
      typeof id !== 'string' ? [] : this.places.has(`${within}${id}`) ? [`${within}${id}`] : [id],
    );
  }
}

export const isReturn = (node: FlowNode): boolean => node.type === 'link out' && node['mode'] === 'return';

const subflowOf = ({ type }: FlowNode): string | undefined =>
  type.startsWith('subflow:') ? type.slice('subflow:'.length) : undefined;

function wireIds(sides: unknown): readonly string[] {
  return Array.isArray(sides) ? sides.flatMap((side) => wiresIn(side).map(({ id }) => id)) : [];
}

function wiresIn(side: unknown): readonly { readonly id: string; readonly port: number }[] {
  const wires: unknown = typeof side === 'object' && side !== null && 'wires' in side ? side.wires : [];
  return Array.isArray(wires)
    ? wires.flatMap((wire: { readonly id?: unknown; readonly port?: unknown } | null) =>
        typeof wire?.id === 'string' ? [{ id: wire.id, port: typeof wire.port === 'number' ? wire.port : 0 }] : [],
      )
    : [];
}
