/** The source of a stage: takes up what a `queue out` of the same definition has put into the queue. */
import { identity, oneOf, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface QueueInProperties {
  readonly name: string;
  /** Identity of the queue in its definition: what waits in it belongs to this name. */
  readonly queue: string;
  /** `inherit`: in the order of the messages' own key; `none`: no order is kept. */
  readonly ordering: 'inherit' | 'none';
  /** What a dead letter does to its key, where order is kept. */
  readonly afterDead: 'hold' | 'continue';
  /** Items in the flow at once. */
  readonly capacity: number;
  /** Time that the flow has for one item before it is delivered again. */
  readonly deadlineSeconds: number;
}

export const queueIn: NodeDeclaration<QueueInProperties> = {
  type: 'queue in',
  properties: {
    name: { value: '' },
    queue: { value: '', check: identity },
    ordering: { value: 'inherit', check: oneOf('inherit', 'none') },
    afterDead: { value: 'hold', check: oneOf('hold', 'continue') },
    capacity: { value: 8, check: wholeNumber(1, 256) },
    deadlineSeconds: { value: 60, check: wholeNumber(5, 3600) },
  },
};
