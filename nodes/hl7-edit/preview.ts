import type { PreviewGiven, PreviewResult } from '../../runtime/services.ts';
import { previewSteps } from '../kit/hl7-steps/preview.ts';

/** The sample with all steps done that can be. */
export function previewOfEdit(given: PreviewGiven): Promise<PreviewResult> {
  const { ifMissing } = given.config;
  return previewSteps(given, given.msg.payload, {
    ifMissing: ifMissing === 'skip' || ifMissing === 'add' ? ifMissing : 'fail',
  });
}
