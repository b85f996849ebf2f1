import type { EventEntry } from './entry.ts';
import { coding, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const data = object({
  ...shell,
  number: maybeText('filler (else placer) order number'),
  vaccine: coding('what'),
  occurredAt: time('when'),
  lot: maybeText('lot number'),
  amount: maybeText('amount as stated'),
  unit: maybeText('its unit'),
});

export const IMMUNIZATION_EVENTS = {
  'immunization.recorded': {
    version: 1,
    says: 'A vaccine was given.',
    key: 'patient, order number, vaccine, time',
    hl7: 'VXU^V04, each RXA that is not refused, not given or deleted',
    fhir: 'Immunization becomes completed',
    data,
  },
  'immunization.withdrawn': {
    version: 1,
    says: 'It is not true that a vaccine was given.',
    key: 'patient, order number, vaccine, time',
    hl7: 'VXU^V04 with RXA-21 D',
    fhir: 'Immunization becomes entered-in-error',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
