/** Wires that go round: without a boundary that takes the message out of the circle it would go round for ever. */
import { finding, nameOf, type Finding } from './finding.ts';
import { FlowGraph, type Edge, type Place } from './flow-graph.ts';
import type { Subject } from './subject.ts';

export function checkLoops(subject: Subject, graph = new FlowGraph(subject.nodes, subject.sharedNodes)): Finding[] {
  const next = (id: string): readonly string[] => {
    const place = graph.places.get(id);
    if (!place) return [];
    // A subroutine's way back is the call's own wires: taken as edges, two calls of one subroutine would look like a loop.
    return graph.edges(id).flatMap((edge) => (edge.how === 'return' || isBoundary(place, edge) ? [] : [edge.to]));
  };
  const told = new Set<string>();
  return circles([...graph.places.keys()], next).flatMap((ids) => {
    const nodes = ids.flatMap((id) => graph.places.get(id)?.node ?? []);
    const key = nodes.map(({ id }) => id).join(' ');
    const [node] = nodes;
    if (!node || told.has(key)) return [];
    told.add(key);
    const names = nodes.map((one) => `"${nameOf(one)}"`);
    const shown = `${names.slice(0, 6).join(', ')}${names.length > 6 ? ` and ${names.length - 6} more` : ''}`;
    return [finding('unbounded-loop', { definition: subject.name, file: 'flow.json', node }, { nodes: shown })];
  });
}

/** Behind them it is another item, or the same one after a while. */
function isBoundary({ node }: Place, { port }: Edge): boolean {
  switch (node.type) {
    case 'delay':
    case 'delay until':
    case 'queue out':
    case 'task wait':
    case 'approval':
      return true;
    case 'escalation timer':
    case 'task create':
      return port > 0;
    default:
      return false;
  }
}

/** Sets of nodes that can each reach all others of the set (Tarjan), without recursion: flows may be long. */
function circles(ids: readonly string[], next: (id: string) => readonly string[]): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: (readonly string[])[] = [];
  const enter = (id: string): { readonly id: string; readonly rest: string[] } => {
    index.set(id, index.size);
    low.set(id, index.get(id) ?? 0);
    stack.push(id);
    onStack.add(id);
    return { id, rest: [...next(id)] };
  };
  const lower = (id: string, to: number | undefined): void =>
    void low.set(id, Math.min(low.get(id) ?? 0, to ?? Number.POSITIVE_INFINITY));
  for (const start of ids) {
    if (index.has(start)) continue;
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const { id } = frame;
      const to = frame.rest.pop();
      if (to !== undefined) {
        if (!index.has(to)) frames.push(enter(to));
        else if (onStack.has(to)) lower(id, index.get(to));
        continue;
      }
      frames.pop();
      const above = frames.at(-1);
      if (above) lower(above.id, low.get(id));
      if (low.get(id) !== index.get(id)) continue;
      const circle = stack.splice(stack.lastIndexOf(id));
      for (const one of circle) onStack.delete(one);
      if (circle.length > 1 || next(id).includes(id)) found.push(circle);
    }
  }
  return found;
}
