import type { Hl7Message } from '../../hl7/message.ts';
import type { EventContext, LabResultEvent, PatientDischargedEvent } from '../clinical-event.ts';
import { hash } from '../envelope.ts';
import type { KnownStates } from '../event-state.ts';
import { administrations, immunizations } from './administrations.ts';
import { readAdt } from './adt.ts';
import { readAppointment } from './appointments.ts';
import { charges } from './charges.ts';
import { discharge } from './discharge.ts';
import { documentEvent, isDocumentTrigger } from './documents.ts';
import { labResults } from './lab-results.ts';
import { readOrders } from './orders.ts';
import { partsOf, type CanonicalEvent, type EventReading, type MessageParts } from './reading.ts';
import { isReferralTrigger, referral } from './referrals.ts';
import { unmapped } from './unmapped.ts';

/**
 * Results and discharges alone: what a message states by itself, whatever was known before. Never throws: whatever a message
 * leaves out or garbles is `null` in the event.
 */
export function statedEvents(
  message: Hl7Message,
  context: EventContext,
): readonly (LabResultEvent | PatientDischargedEvent)[] {
  const [code, trigger] = typeOf(message);
  if (code === 'ORU' && (trigger === 'R01' || trigger === '')) return labResults(message, context);
  if (code === 'ADT' && trigger === 'A03') return [discharge(message, context)];
  return [];
}

/**
 * Every canonical event of a message, in two steps: what it states of a patient, a visit, an order or an appointment, and, once the
 * state before it is known, the events that follow from the difference. Pure, and never throws.
 */
export function readEvents(message: Hl7Message, context: EventContext): EventReading {
  const { statements, events } = readingOf(message, context);
  return { statements, events: (before) => distinct(events(before)) };
}

/** Senders repeat numbers and codes within a message; each mention is still a fact of its own. */
function distinct(events: readonly CanonicalEvent[]): readonly CanonicalEvent[] {
  if (events.length < 2) return events;
  const seen = new Map<string, number>();
  return events.map((event) => {
    const nth = (seen.get(event.id) ?? 0) + 1;
    seen.set(event.id, nth);
    return nth === 1 ? event : { ...event, id: hash([event.id, nth]) };
  });
}

function readingOf(message: Hl7Message, context: EventContext): EventReading {
  const [code, trigger] = typeOf(message);
  if (code === 'ORU' || code === 'OUL') return readResults(message, context, trigger);
  const parts = partsOf(message, context);
  switch (code) {
    case 'ADT':
      return readAdt(parts, trigger);
    case 'SIU':
      return readAppointment(parts, trigger);
    case 'RDE':
    case 'OMP':
      return readOrders(parts, 'medication');
    case 'REF':
      return isReferralTrigger(trigger) ? stateless(parts, () => referral(parts, trigger)) : strange(parts);
    case 'MDM':
      return isDocumentTrigger(trigger) ? stateless(parts, () => documentEvent(parts, trigger)) : strange(parts);
    case 'RAS':
      return stateless(parts, () => administrations(parts));
    case 'VXU':
      return stateless(parts, () => immunizations(parts));
    case 'DFT':
      return stateless(parts, () => charges(parts));
    default:
      return ORDERS.has(code)
        ? readOrders(parts, 'service')
        : { statements: [], events: () => [unmapped(parts, 'type-unknown')] };
  }
}

/** @param before as `EventStates.advance` gives it for the message's statements; nothing: everything is seen for the first time */
export function deriveEvents(
  message: Hl7Message,
  context: EventContext,
  before: KnownStates,
): readonly CanonicalEvent[] {
  return readEvents(message, context).events(before);
}

const ORDERS = new Set(['ORM', 'OML', 'OMG', 'OMI', 'OMD', 'OMS', 'OMN']);
/** R30 to R32 are results of devices at the bedside; OUL^R21 to R24 go by specimen. */
const RESULTS = new Set(['', 'R01', 'R30', 'R31', 'R32', 'R21', 'R22', 'R23', 'R24']);

const typeOf = (message: Hl7Message): readonly [code: string, trigger: string] => [
  message.get('MSH-9.1').trim(),
  message.get('MSH-9.2').trim(),
];

function readResults(message: Hl7Message, context: EventContext, trigger: string): EventReading {
  if (!RESULTS.has(trigger)) return strange(partsOf(message, context));
  return {
    statements: [],
    events() {
      const results = labResults(message, context) as readonly CanonicalEvent[];
      return results.length > 0 ? results : [unmapped(partsOf(message, context), 'states-nothing')];
    },
  };
}

function stateless(parts: MessageParts, eventsOf: () => readonly CanonicalEvent[]): EventReading {
  return {
    statements: [],
    events() {
      const events = eventsOf();
      return events.length > 0 ? events : [unmapped(parts, 'states-nothing')];
    },
  };
}

const strange = (parts: MessageParts): EventReading => ({
  statements: [],
  events: () => [unmapped(parts, 'trigger-unknown')],
});
