/** Hears of what a feed received and could not read: one message for each frame in quarantine. */
import { identity, needed, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface QuarantineInProperties {
  readonly name: string;
  /** Identity of the source in its definition. */
  readonly source: string;
  /** Id of the feed's config node. */
  readonly feed: string;
  /** Frames in the flow at once. */
  readonly capacity: number;
}

export const quarantineIn: NodeDeclaration<QuarantineInProperties> = {
  type: 'quarantine in',
  properties: {
    name: { value: '' },
    source: { value: 'quarantine', check: identity },
    feed: { value: '', configNode: 'wardflow-feed', check: needed },
    capacity: { value: 4, check: wholeNumber(1, 64) },
  },
};
