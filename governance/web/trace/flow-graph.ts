import type { FlowNode, TraceHop, TraceStep, WorkView } from '../../api/runtime-shapes.ts';

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

/** Notes to whoever edits the flow; a message does not pass them. */
const NOT_DRAWN = new Set(['group', 'comment']);

/** The flow as drawn in the editor, with the way the last attempt of each work item took through it. */
export function flowGraph(flow: readonly FlowNode[], work: readonly WorkView[]): FlowGraph {
  const steps = work.flatMap((item) => item.attempts.at(-1)?.steps ?? []);
  const failedAt = new Set(
    work.flatMap((item) => {
      const failure = item.attempts.at(-1)?.failure ?? item.failure;
      return item.state !== 'done' && failure?.node ? [failure.node.id] : [];
    }),
  );
  for (const step of steps) if (step.outcome === 'failed' || isCaught(step, steps)) failedAt.add(step.node.id);

  const drawn = flow.filter((node) => node.x !== undefined && node.y !== undefined && !NOT_DRAWN.has(node.type));
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
            .reduce((sum, step) => sum + step.to.filter((hop) => tookWire(hop, to, output)).length, 0),
        })),
    ),
  );
  return { nodes, wires };
}

/** Traces of earlier versions do not know the output: then every wire between the two may have been the one. */
const tookWire = ({ node, port }: TraceHop, to: string, output: number): boolean =>
  node === to && (port === null || port === output);

/** The step's error went to a `catch`: the node failed, though the message went on. */
export function isCaught(step: TraceStep, steps: readonly TraceStep[]): boolean {
  return steps.some(({ node }) => node.type === 'catch' && step.to.some((hop) => hop.node === node.id));
}

function labelOf(node: FlowNode): string {
  if (node.name !== undefined && node.name !== '') return node.name;
  return node.type.startsWith('subflow:') ? 'subflow' : node.type;
}

/** Nodes nearer to one another than this, across, are of one column. */
const SAME_COLUMN = 70;
const GAP_ACROSS = 36;
const GAP_DOWN = 16;
/** Room left between two rows: enough to see where one part of the flow ends. */
const GAP_BETWEEN_ROWS = 34;

/**
 * The author's drawing without its overlaps, drawn together where that makes it narrower: an editor leaves room for wires
 * to be dragged, a reader needs it for larger letters. Order from left to right and from top to bottom stays.
 */
export function inColumns(graph: FlowGraph, width: number, height: number): FlowGraph {
  const columnOf = columns(graph.nodes.map((node) => node.x));
  const left = Math.min(...graph.nodes.map((node) => node.x));
  const drawn = Math.max(...graph.nodes.map((node) => node.x)) - left;
  const together = Math.max(...columnOf.values()) * (width + GAP_ACROSS);
  const placed: { readonly id: string; readonly x: number; readonly y: number }[] = [];
  for (const node of graph.nodes.toSorted((a, b) => a.y - b.y || a.x - b.x)) {
    const x = together < drawn ? (columnOf.get(node.x) ?? 0) * (width + GAP_ACROSS) : node.x - left;
    // Down until it is free of all that were placed before it.
    let y = node.y;
    for (const other of placed.toSorted((a, b) => a.y - b.y))
      if (Math.abs(other.x - x) < width + GAP_DOWN / 2 && Math.abs(other.y - y) < height + GAP_DOWN)
        y = other.y + height + GAP_DOWN;
    placed.push({ id: node.id, x, y });
  }
  const at = new Map(closedUp(placed, height).map((place) => [place.id, place]));
  return { wires: graph.wires, nodes: graph.nodes.map((node) => ({ ...node, ...at.get(node.id) })) };
}

/** The same with every empty band across the whole drawing made narrow, as where the author's notes stand. */
function closedUp<T extends { readonly y: number }>(placed: readonly T[], height: number): readonly T[] {
  let free = -Infinity;
  let taken = 0;
  return placed
    .toSorted((a, b) => a.y - b.y)
    .map((place) => {
      if (free > -Infinity) taken += Math.max(0, place.y - free - GAP_BETWEEN_ROWS);
      free = Math.max(free, place.y + height);
      return { ...place, y: place.y - taken };
    });
}

/** Each x with the number of its column, from the left. */
function columns(xs: readonly number[]): ReadonlyMap<number, number> {
  const columnOf = new Map<number, number>();
  let column = -1;
  let start = -Infinity;
  for (const x of [...new Set(xs)].toSorted((a, b) => a - b)) {
    if (x - start > SAME_COLUMN) {
      column++;
      start = x;
    }
    columnOf.set(x, column);
  }
  return columnOf;
}
