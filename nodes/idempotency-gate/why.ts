import type { GateVerdict } from '../../engine/index.ts';

/** One sentence for the trace and for whoever gets the message at output 2 or 3. */
export function whyOf(verdict: GateVerdict): string {
  switch (verdict.kind) {
    case 'new':
      return 'Not seen before: let through.';
    case 'repeat':
      return `The same fact with the same content came with message ${verdict.first} at ${clock(verdict.firstAt)}.`;
    case 'correction':
      return `Corrects what came with message ${verdict.first} at ${clock(verdict.firstAt)}.`;
    case 'conflict':
      return `Differs from what came with message ${verdict.first} at ${clock(verdict.firstAt)} and is not said to correct it.`;
    default:
      return verdict satisfies never;
  }
}

const clock = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
