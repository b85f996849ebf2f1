import type { EventEntry } from './entry.ts';
import { coding, shell, time } from './parts.ts';
import { maybeText, object } from './shape.ts';

const data = object({
  ...shell,
  document: object(
    {
      number: maybeText('unique document number'),
      parent: maybeText('number of the document that it adds to or replaces'),
      type: coding('type'),
      status: maybeText('completion status (HL7 table 0271) or docStatus'),
      originatedAt: time('when it was written'),
    },
    'the document; its content stays in the message',
  ),
});

export const DOCUMENT_EVENTS = {
  'document.available': {
    version: 1,
    says: 'A document can be read.',
    key: 'patient, document number',
    hl7: 'MDM^T01, T02',
    fhir: 'DocumentReference becomes current',
    data,
  },
  'document.amended': {
    version: 1,
    says: 'A document was added to, edited or replaced, or is in another state.',
    key: 'patient, document number, parent number, status, time',
    hl7: 'MDM^T03 to T10',
    fhir: 'DocumentReference is updated, replaces another or becomes superseded',
    data,
  },
  'document.cancelled': {
    version: 1,
    says: 'A document is not to be used.',
    key: 'patient, document number',
    hl7: 'MDM^T11',
    fhir: 'DocumentReference becomes entered-in-error',
    data,
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
