/** Ends a branch here and goes on with the message as work of its own, which a `queue in` takes up. */
import { identity, oneOf, propertyNames } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface QueueOutProperties {
  readonly name: string;
  /** The queue of a `queue in` in the same definition. */
  readonly queue: string;
  /** Message properties kept beside the payload. */
  readonly carry: readonly string[];
  /** Empty: that of the item it comes from. */
  readonly lane: '' | 'stat' | 'urgent' | 'routine' | 'bulk';
  /** JSONata that tells the children of one item apart; empty: the event's id. */
  readonly discriminator: string;
}

export const queueOut: NodeDeclaration<QueueOutProperties> = {
  type: 'queue out',
  properties: {
    name: { value: '' },
    queue: { value: '', check: identity },
    carry: { value: ['event'], check: propertyNames },
    lane: { value: '', check: oneOf('', 'stat', 'urgent', 'routine', 'bulk') },
    discriminator: { value: '', expression: 'always' },
  },
};
