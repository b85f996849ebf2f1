import type { EventData } from '../catalogue/index.ts';
import { patientKey } from '../envelope.ts';
import { patientRef } from './read-parts.ts';
import { tell, type CanonicalEvent, type MessageParts } from './reading.ts';

/** Told rather than dropped: who reads the events of a feed sees that there was a message. */
export function unmapped(parts: MessageParts, reason: EventData<'message.unmapped'>['reason']): CanonicalEvent {
  const { message, context, source, controlId, trigger } = parts;
  return tell(parts, patientKey(patientRef(message.segment('PID')), context), {
    name: 'message.unmapped',
    key: [source, controlId],
    fact: ['message', source, controlId],
    isNamed: true,
    data: { sourceTrigger: { ...trigger }, type: message.type || null, reason },
  });
}
