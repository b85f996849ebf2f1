import { hl7ToJson } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult } from '../../runtime/services.ts';

/** The JSON of the sample. The other way there is nothing to show: samples are HL7. */
export function previewOfJson({ config, msg }: PreviewGiven): PreviewResult {
  return { rows: config['direction'] === 'to-hl7' ? [] : [{ field: 'direction', value: hl7ToJson(msg.payload) }] };
}
