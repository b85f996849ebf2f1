import type { Hl7Message } from '../../hl7/message.ts';
import type { EventContext, LabResultEvent, PatientDischargedEvent } from '../clinical-event.ts';
import { discharge } from './discharge.ts';
import { labResults } from './lab-results.ts';

/**
 * The canonical events of a message: the clinical facts it states, in the order it states them; none for the types that
 * have no event yet. Never throws: whatever a message leaves out or garbles is `null` in the event.
 */
export function deriveEvents(
  message: Hl7Message,
  context: EventContext,
): readonly (LabResultEvent | PatientDischargedEvent)[] {
  const [code, trigger] = [message.get('MSH-9.1').trim(), message.get('MSH-9.2').trim()];
  if (code === 'ORU' && (trigger === 'R01' || trigger === '')) return labResults(message, context);
  if (code === 'ADT' && trigger === 'A03') return [discharge(message, context)];
  return [];
}
