import type { FlowNode, WorkView } from '../../api/runtime-shapes.ts';

export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly outputs: number;
  /** Times the message came by. */
  readonly count: number;
  readonly state: 'untouched' | 'passed' | 'failed';
  /** Time in the node, all visits together; `null` where none was measured. */
  readonly ms: number | null;
}

export interface GraphWire {
  readonly id: string;
  readonly from: string;
  readonly output: number;
  readonly to: string;
  /** Messages that went this way. */
  readonly count: number;
}

export interface FlowGraph {
  readonly nodes: readonly GraphNode[];
  readonly wires: readonly GraphWire[];
}

/** The flow as drawn in the editor, with the way the last attempt of each work item took through it. */
export function flowGraph(flow: readonly FlowNode[], work: readonly WorkView[]): FlowGraph {
  const steps = work.flatMap((item) => item.attempts.at(-1)?.steps ?? []);
  const failedAt = new Set(
    work.flatMap((item) => {
      const failure = item.attempts.at(-1)?.failure ?? item.failure;
      return item.state !== 'done' && failure?.node ? [failure.node.id] : [];
    }),
  );
  for (const step of steps) if (step.outcome === 'failed') failedAt.add(step.node.id);

  const drawn = flow.filter((node) => node.x !== undefined && node.y !== undefined && node.type !== 'group');
  const ids = new Set(drawn.map((node) => node.id));
  const nodes = drawn.map((node): GraphNode => {
    const visits = steps.filter((step) => step.node.id === node.id);
    const times = visits.flatMap((step) => step.ms ?? []);
    return {
      id: node.id,
      type: node.type,
      name: labelOf(node),
      x: node.x ?? 0,
      y: node.y ?? 0,
      outputs: node.wires?.length ?? 0,
      count: visits.length,
      state: failedAt.has(node.id) ? 'failed' : visits.length > 0 ? 'passed' : 'untouched',
      ms: times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0),
    };
  });
  const wires = drawn.flatMap((node) =>
    (node.wires ?? []).flatMap((targets, output) =>
      targets
        .filter((to) => ids.has(to))
        .map((to): GraphWire => ({
          id: `${node.id} ${output} ${to}`,
          from: node.id,
          output,
          to,
          count: steps
            .filter((step) => step.node.id === node.id)
            .reduce((sum, step) => sum + step.to.filter((next) => next === to).length, 0),
        })),
    ),
  );
  return { nodes, wires };
}

function labelOf(node: FlowNode): string {
  if (node.name !== undefined && node.name !== '') return node.name;
  return node.type.startsWith('subflow:') ? 'subflow' : node.type;
}

/** Nodes nearer to one another than this, across, are of one column. */
const SAME_COLUMN = 70;
const GAP_ACROSS = 44;
const GAP_DOWN = 16;

/**
 * The author's drawing, drawn together: nodes keep their order from left to right and from top to bottom, columns stand
 * close, and nothing overlaps. An editor leaves room for wires to be dragged; a reader needs it for larger letters.
 */
export function inColumns(graph: FlowGraph, width: number, height: number): FlowGraph {
  const xs = [...new Set(graph.nodes.map((node) => node.x))].toSorted((a, b) => a - b);
  const columnOf = new Map<number, number>();
  let column = -1;
  let start = -Infinity;
  for (const x of xs) {
    if (x - start > SAME_COLUMN) {
      column++;
      start = x;
    }
    columnOf.set(x, column);
  }
  const lowest = new Map<number, number>();
  const placed = new Map<string, { readonly x: number; readonly y: number }>();
  for (const node of graph.nodes.toSorted((a, b) => a.y - b.y || a.x - b.x)) {
    const at = columnOf.get(node.x) ?? 0;
    const y = Math.max(node.y, (lowest.get(at) ?? -Infinity) + height + GAP_DOWN);
    lowest.set(at, y);
    placed.set(node.id, { x: at * (width + GAP_ACROSS), y });
  }
  return { wires: graph.wires, nodes: graph.nodes.map((node) => ({ ...node, ...placed.get(node.id) })) };
}
