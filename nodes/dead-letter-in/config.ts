/** Hears of the definition's dead letters: one message for each item that goes dead. */
import { identity, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface DeadLetterInProperties {
  readonly name: string;
  /** Identity of the source in its definition. The runtime reads it from the saved flow. */
  readonly source: string;
  /** Dead letters in the flow at once. */
  readonly capacity: number;
}

export const deadLetterIn: NodeDeclaration<DeadLetterInProperties> = {
  type: 'dead letter in',
  properties: {
    name: { value: '' },
    source: { value: 'dead-letters', check: identity },
    capacity: { value: 8, check: wholeNumber(1, 64) },
  },
};

/** Time that the flow has for one dead letter before it is delivered again. */
export const DEAD_LETTER_LEASE_MS = 60_000;
