/** The gate's memory: has this fact been through before, and is it the same? */
import { identity, oneOf, text } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface GateProperties {
  readonly name: string;
  /** Identity of the gate in its definition: its memory belongs to it. */
  readonly gate: string;
  /** What names the fact: the canonical event's id (the control id where there is no event), MSH-10, or an expression. */
  readonly keyFrom: 'event' | 'control-id' | 'expression';
  /** JSONata over the message, for `expression`. */
  readonly key: string;
  /** JSONata over the message, true where the sender calls it a correction; empty: the event's name and status say so. */
  readonly correction: string;
}

/** Outputs: 1 new, 2 repeat, 3 correction or conflict. */
export const GATE_OUTPUTS = 3;

export const idempotencyGate: NodeDeclaration<GateProperties> = {
  type: 'idempotency gate',
  properties: {
    name: { value: '' },
    gate: { value: '', check: identity },
    keyFrom: { value: 'event', check: oneOf('event', 'control-id', 'expression') },
    key: {
      value: '',
      expression: 'always',
      check: (value, all) => (all.keyFrom === 'expression' && text(value) === '' ? 'kit.problem.needed' : null),
    },
    correction: { value: '', expression: 'always' },
  },
};
