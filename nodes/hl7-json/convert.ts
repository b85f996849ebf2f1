import { Hl7Message, hl7FromJson, hl7ToJson, type Hl7MessageJson } from '../../engine/index.ts';
import { nodeErrors } from '../kit/errors.ts';
import type { Hl7JsonProperties } from './config.ts';

/** The other form of a payload. Throws `hl7-payload`, `hl7-payload-json`, and what `hl7FromJson` throws. */
export function converted(
  payload: unknown,
  direction: Hl7JsonProperties['direction'],
  node: string,
): Hl7Message | Hl7MessageJson {
  if (payload instanceof Hl7Message) {
    if (direction === 'to-hl7') throw nodeErrors.create('hl7-payload-json', { node });
    return hl7ToJson(payload);
  }
  if (direction === 'to-json') throw nodeErrors.create('hl7-payload', { node });
  if (typeof payload !== 'object' || payload === null) throw nodeErrors.create('hl7-payload-json', { node });
  return hl7FromJson(payload);
}
