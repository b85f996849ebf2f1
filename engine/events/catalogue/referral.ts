import type { EventEntry } from './entry.ts';
import { coding, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const data = object({
  ...shell,
  referral: object(
    {
      originating: maybeText('number of who refers'),
      external: maybeText('number of who takes it'),
      status: coding('status'),
      priority: coding('priority'),
      type: coding('type'),
      reason: coding('reason'),
      effectiveAt: time('from when'),
    },
    'the referral',
  ),
});

export const REFERRAL_EVENTS = {
  'referral.received': {
    version: 1,
    says: 'A patient was referred.',
    key: 'patient, originating (else external) referral number',
    hl7: 'REF^I12',
    fhir: 'ServiceRequest of category referral becomes active',
    data,
  },
  'referral.updated': {
    version: 1,
    says: 'A referral is different from what it was.',
    key: 'patient, referral number, what it says',
    hl7: 'REF^I13',
    fhir: 'ServiceRequest of category referral is updated',
    data,
  },
  'referral.cancelled': {
    version: 1,
    says: 'A referral was taken back.',
    key: 'patient, referral number',
    hl7: 'REF^I14',
    fhir: 'ServiceRequest of category referral becomes revoked or entered-in-error',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
