/** A human gate: asks somebody, parks the message, and goes on with the answer. */
import { identity, propertyNames, wholeNumber } from '../kit/checks.ts';
import { newTaskProperties, type NewTaskProperties } from '../kit/new-task.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface ApprovalProperties extends NewTaskProperties {
  readonly name: string;
  /** Answers in the flow at once. */
  readonly capacity: number;
}

export const approval: NodeDeclaration<ApprovalProperties> = {
  type: 'approval',
  properties: {
    name: { value: '' },
    task: { value: '', check: identity },
    ...newTaskProperties<ApprovalProperties>(),
    carry: { value: ['event', 'decision'], check: propertyNames },
    discriminator: { value: '', expression: 'always' },
    capacity: { value: 8, check: wholeNumber(1, 64) },
  },
};

/** Time that the flow has for an answer before it is delivered again. */
export const ANSWER_LEASE_MS = 60_000;
