import type { EventEntry } from './entry.ts';
import { coding, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const { derivedFrom, ...stated } = shell;
const data = object({
  ...stated,
  derivedFrom,
  appointment: object(
    {
      placer: maybeText('placer appointment number'),
      filler: maybeText('filler appointment number'),
      start: time('when it begins'),
      end: time('when it ends'),
      status: maybeText('status as stated'),
      type: coding('type'),
      reason: coding('reason of the appointment or of its change'),
    },
    'the appointment',
  ),
});
const KEY = 'patient, filler (else placer) appointment number, start';

export const APPOINTMENT_EVENTS = {
  'appointment.booked': {
    version: 1,
    says: 'An appointment was made.',
    key: KEY,
    hl7: 'SIU^S12',
    fhir: 'Appointment becomes booked',
    data,
  },
  'appointment.rescheduled': {
    version: 1,
    says: 'An appointment is at another time.',
    key: KEY,
    hl7: 'SIU^S13',
    fhir: 'Appointment.start differs',
    data,
  },
  'appointment.updated': {
    version: 1,
    says: 'An appointment is different in something else than its time.',
    key: `${KEY}, what it says`,
    hl7: 'SIU^S14, S18 to S22, S24, S25',
    fhir: 'Appointment is updated',
    data,
  },
  'appointment.cancelled': {
    version: 1,
    says: 'An appointment will not take place.',
    key: KEY,
    hl7: 'SIU^S15, S16, S17',
    fhir: 'Appointment becomes cancelled or entered-in-error',
    data,
  },
  'appointment.missed': {
    version: 1,
    says: 'A patient did not come to an appointment.',
    key: KEY,
    hl7: 'SIU^S26',
    fhir: 'Appointment becomes noshow',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
