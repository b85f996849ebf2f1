import type { EventEntry } from './entry.ts';
import { changed, patientRef, shell, time } from './parts.ts';
import { object, orNull } from './shape.ts';

const { visit: _visit, ...person } = shell;

export const PATIENT_EVENTS = {
  'patient.registered': {
    version: 1,
    says: 'A patient is known for the first time.',
    key: 'patient',
    hl7: 'A28; A01, A04 or A05 with a patient who is not known yet',
    fhir: 'Patient is created',
    data: object(person),
  },
  'patient.updated': {
    version: 1,
    says: 'Something about a patient is different from what was known.',
    key: 'patient, time, what changed',
    hl7: 'A31, A08 and every other ADT whose PID differs from what was known',
    fhir: 'Patient is updated',
    data: object({ ...person, changed }),
  },
  'patient.merged': {
    version: 1,
    says: 'Two records were found to be of one patient; the patient of the event is the one that stays.',
    key: 'surviving patient, merged patient',
    hl7: 'A40; the older A18, A30, A34, A36, A39',
    fhir: 'Patient gets a link "replaced-by"',
    data: object({ ...person, merged: patientRef('the record that is not to be used any more') }),
  },
  'patient.identifier-changed': {
    version: 1,
    says: 'An identifier of a patient was replaced by another.',
    key: 'patient, identifier before',
    hl7: 'A47; the older A46, A48',
    fhir: 'Patient.identifier differs',
    data: object({ ...person, previous: orNull(patientRef('identifiers before')) }),
  },
  'patient.deceased': {
    version: 1,
    says: 'A patient has died.',
    key: 'patient',
    hl7: 'PID-30 = Y or PID-29 in any ADT, where it was not known before',
    fhir: 'Patient.deceased is set',
    data: object({ ...person, deceasedAt: time('when') }),
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
