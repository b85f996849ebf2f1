import { hl7ToJson } from '../../engine/index.ts';
import type { PreviewGiven, PreviewResult } from '../../runtime/services.ts';

/** The JSON of the sample. The other way there is nothing to show: samples are HL7. */
export function previewOfJson({ config, msg }: PreviewGiven): PreviewResult {
  const toHl7 = config['direction'] === 'to-hl7';
  return { rows: [{ field: 'direction', ...(toHl7 ? { skipped: true } : { value: hl7ToJson(msg.payload) }) }] };
}
