/** The messages of a batch, each on a branch of its own. */
import { oneOf, wholeNumber } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7SplitProperties {
  readonly name: string;
  /** `each`: one message for each clinical event of a part, as `hl7 in` sends them; `none`: one for each part. */
  readonly events: 'each' | 'none';
  /** What follows where a trailer states another number (BTS-1, FTS-1) than there is. */
  readonly countDiffers: 'fail' | 'go-on';
  /** Most parts: a larger batch is refused as a whole. */
  readonly most: number;
}

export const hl7Split: NodeDeclaration<Hl7SplitProperties> = {
  type: 'hl7 split',
  properties: {
    name: { value: '' },
    events: { value: 'each', check: oneOf('each', 'none') },
    countDiffers: { value: 'fail', check: oneOf('fail', 'go-on') },
    most: { value: 500, check: wholeNumber(1, 5000) },
  },
};
