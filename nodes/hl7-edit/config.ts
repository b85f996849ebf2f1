/** Changes an HL7 message step by step; whatever no step names stays byte for byte as it was. */
import { oneOf } from '../kit/checks.ts';
import { stepsCheck, type Step } from '../kit/hl7-steps/steps.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7EditProperties {
  readonly name: string;
  /** Done one after the other; all of them, or the message stays as it was. */
  readonly steps: readonly Step[];
  /** What a step does whose segment is not there. */
  readonly ifMissing: 'fail' | 'skip' | 'add';
}

export const hl7Edit: NodeDeclaration<Hl7EditProperties> = {
  type: 'hl7 edit',
  properties: {
    name: { value: '' },
    steps: { value: [], check: stepsCheck(1), rowExpressions: ['when'] },
    ifMissing: { value: 'fail', check: oneOf('fail', 'skip', 'add') },
  },
};
