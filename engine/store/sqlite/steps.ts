/** A trace's steps as they are kept: rows without member names, nodes and texts that repeat named by their term's number. */
import type { TraceStep } from '../contract/index.ts';

const OUTCOMES = [
  'passed',
  'forked',
  'settled',
  'failed',
  'absorbed',
  'ended',
] as const satisfies readonly TraceStep['outcome'][];

type Row = [
  branch: string,
  parent: string | null,
  node: number,
  /** Milliseconds after the step before. */
  after: number,
  ms: number | null,
  outcome: number,
  to: number[],
  note?: string,
];

export function packSteps(steps: readonly TraceStep[], term: (text: string) => number): string | null {
  if (steps.length === 0) return null;
  let before = 0;
  const rows = steps.map((step): Row => {
    const { id, type, name } = step.node;
    const row: Row = [
      step.branch,
      step.parent,
      term(JSON.stringify([id, type, name])),
      step.at - before,
      step.ms,
      OUTCOMES.indexOf(step.outcome),
      step.to.map(term),
    ];
    if (step.note !== undefined) row.push(step.note);
    before = step.at;
    return row;
  });
  return JSON.stringify(rows);
}

export function unpackSteps(text: string | null, term: (id: number) => string): TraceStep[] {
  if (text === null) return [];
  const kept = JSON.parse(text) as Row[] | TraceStep[];
  let at = 0;
  return kept.map((row) => {
    // Before the second migration steps were kept as they are.
    if (!Array.isArray(row)) return row;
    const [branch, parent, node, after, ms, outcome, to, note] = row;
    const [id, type, name] = JSON.parse(term(node)) as [string, string, string];
    at += after;
    const step: TraceStep = {
      branch,
      parent,
      node: { id, type, name },
      at,
      ms,
      outcome: OUTCOMES[outcome] ?? 'ended',
      to: to.map(term),
    };
    return note === undefined ? step : { ...step, note };
  });
}
