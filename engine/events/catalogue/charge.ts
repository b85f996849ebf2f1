import type { EventEntry } from './entry.ts';
import { coding, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

export const CHARGE_EVENTS = {
  'charge.posted': {
    version: 1,
    says: 'Something is to be charged, or credited.',
    key: 'patient, transaction number, code, time',
    hl7: 'DFT^P03, P11, each FT1',
    fhir: 'ChargeItem becomes billable or billed',
    data: object({
      ...shell,
      charge: object(
        {
          number: maybeText('transaction number'),
          type: maybeText('type (HL7 table 0017): CG charge, CD credit'),
          code: coding('what'),
          quantity: maybeText('how many'),
          postedAt: time('when'),
        },
        'the charge',
      ),
    }),
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
