import type { EventEntry } from './entry.ts';
import { orderRef, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const data = object({
  ...shell,
  order: orderRef,
  control: maybeText('ORC-1 (HL7 table 0119)'),
  status: maybeText('order status as stated'),
  priority: maybeText('priority as stated'),
  orderedAt: time('when'),
});
const MESSAGES = 'ORM^O01, OML^O21/O33/O35, OMG^O19, OMI^O23, OMD^O03, OMS^O05, OMN^O07';

export const ORDER_EVENTS = {
  'order.placed': {
    version: 1,
    says: 'Something was ordered.',
    key: 'patient, placer (else filler) order number, service',
    hl7: `${MESSAGES} with ORC-1 NW or RO`,
    fhir: 'ServiceRequest becomes active',
    data,
  },
  'order.updated': {
    version: 1,
    says: 'An order is different from what was ordered, held or released.',
    key: 'patient, placer (else filler) order number, service, ORC-1, status, time',
    hl7: `${MESSAGES} with ORC-1 XO, XX, XR, SC, HD, OH, HR, RL, OE, OR, RP, RQ, RU, SN, NA, UA, PA or CH; RDE^O11 with one of them`,
    fhir: 'ServiceRequest is updated; status on-hold',
    data,
  },
  'order.cancelled': {
    version: 1,
    says: 'An order is not to be carried out (any more).',
    key: 'patient, placer (else filler) order number, service',
    hl7: `${MESSAGES} or RDE^O11 with ORC-1 CA, OC, CR, DC, OD or DR`,
    fhir: 'ServiceRequest becomes revoked or entered-in-error',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
