import type { EventEntry } from './entry.ts';
import { coding, orderRef, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const MEDICATION = {
  ...shell,
  order: orderRef,
  medication: coding('what'),
  amount: maybeText('amount as stated'),
  unit: maybeText('its unit'),
};

export const MEDICATION_EVENTS = {
  'medication.ordered': {
    version: 1,
    says: 'A medication was ordered.',
    key: 'patient, placer (else filler) order number, medication',
    hl7: 'RDE^O11, RDE^O25, OMP^O09 with ORC-1 NW, RO, RE, RF or none',
    fhir: 'MedicationRequest becomes active',
    data: object({ ...MEDICATION, orderedAt: time('when') }),
  },
  'medication.administered': {
    version: 1,
    says: 'A medication was given.',
    key: 'patient, order number, medication, time',
    hl7: 'RAS^O17, each RXA that is not refused, not given or deleted',
    fhir: 'MedicationAdministration becomes completed',
    data: object({ ...MEDICATION, administeredAt: time('when') }),
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
