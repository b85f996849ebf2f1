import type { PreviewGiven, PreviewResult } from '../../runtime/services.ts';
import type { Hl7ToFhirProperties } from './config.ts';
import { refuseWhatMustNotPass } from './demands.ts';
import { problemOf } from '../kit/preview.ts';

/** The bundle beside the message; what the form would not let pass is a problem of the field that says so. */
export function previewOfConversion({ config, msg, definition, zone, now }: PreviewGiven): PreviewResult {
  if (!definition) return { rows: [] };
  const { payload } = msg;
  const conversion = definition.converter.convert(payload, { receivedAt: now.getTime(), zone });
  const { unknownCodes, unknownType } = config as unknown as Hl7ToFhirProperties;
  const rows = [];
  try {
    refuseWhatMustNotPass(conversion, { unknownCodes, unknownType });
  } catch (error) {
    const isType = conversion.mapping === null && unknownType === 'fail';
    rows.push({ field: isType ? 'unknownType' : 'unknownCodes', problem: problemOf(error) });
  }
  return { rows, conversion };
}
