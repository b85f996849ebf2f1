/** A trace's steps as they are kept: rows without member names, each node once; the whole is packed. */
import type { TraceHop, TraceStep } from '../contract/index.ts';
import { unpack } from './packed.ts';

const OUTCOMES = [
  'passed',
  'forked',
  'settled',
  'failed',
  'absorbed',
  'ended',
] as const satisfies readonly TraceStep['outcome'][];

/** `node` and `to` are places in the list of nodes; before the fifth migration they were numbers of terms. */
type Row = [
  branch: string,
  parent: string | null,
  node: number,
  /** Milliseconds after the step before. */
  after: number,
  ms: number | null,
  outcome: number,
  /** A number alone: no output is known. */
  to: (number | [place: number, port: number])[],
  note?: string,
];

type Node = readonly [id: string, type: string, name: string] | readonly [id: string];

/** The text of a trace; '' for none. Made by the caller's thread: one text crosses faster than many objects. */
export function stepsText(steps: readonly TraceStep[]): string {
  if (steps.length === 0) return '';
  const nodes: Node[] = [];
  const places = new Map<string, number>();
  const place = (id: string, node?: Node): number => {
    let at = places.get(id);
    if (at === undefined) places.set(id, (at = nodes.push(node ?? [id]) - 1));
    else if (node && nodes[at]?.length === 1) nodes[at] = node;
    return at;
  };
  let before = 0;
  const rows = steps.map((step): Row => {
    const { id, type, name } = step.node;
    const row: Row = [
      step.branch,
      step.parent,
      place(id, [id, type, name]),
      step.at - before,
      step.ms,
      OUTCOMES.indexOf(step.outcome),
      step.to.map(({ node, port }) => (port === null ? place(node) : [place(node), port])),
    ];
    if (step.note !== undefined) row.push(step.note);
    before = step.at;
    return row;
  });
  return JSON.stringify([nodes, rows]);
}

type FirstStep = Omit<TraceStep, 'to'> & { readonly to: readonly string[] };

export interface KeptSteps {
  readonly trail: Uint8Array | null;
  /** Written before the fifth migration. */
  readonly steps: string | null;
}

export function stepsFrom(kept: KeptSteps, term: (id: number) => string): TraceStep[] {
  if (kept.trail !== null) {
    const [nodes, rows] = JSON.parse(unpack(kept.trail).toString('utf8')) as [Node[], Row[]];
    return unpackRows(rows, (at) => nodes[at] ?? ['']);
  }
  if (kept.steps === null) return [];
  const rows = JSON.parse(kept.steps) as (Row | FirstStep)[];
  // Before the second migration steps were kept as they are.
  if (!rows.every((row) => Array.isArray(row)))
    return (rows as FirstStep[]).map((step) => ({ ...step, to: step.to.map((node) => ({ node, port: null })) }));
  return unpackRows(rows, (id) => {
    const text = term(id);
    return text.startsWith('[') ? (JSON.parse(text) as Node) : [text];
  });
}

function unpackRows(rows: readonly Row[], nodeAt: (place: number) => Node): TraceStep[] {
  let at = 0;
  return rows.map(([branch, parent, node, after, ms, outcome, to, note]) => {
    const [id, type = '', name = ''] = nodeAt(node);
    at += after;
    const step: TraceStep = {
      branch,
      parent,
      node: { id, type, name },
      at,
      ms,
      outcome: OUTCOMES[outcome] ?? 'ended',
      to: to.map((hop): TraceHop => {
        const [place, port] = typeof hop === 'number' ? [hop, null] : hop;
        return { node: nodeAt(place)[0], port };
      }),
    };
    return note === undefined ? step : { ...step, note };
  });
}
