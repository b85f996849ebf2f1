import type { DischargeData } from '../clinical-event.ts';
import type { EventEntry } from './entry.ts';
import { changed, coding, origin, place, shell, time } from './parts.ts';
import { listOf, maybeText, object, orNull, type Shape } from './shape.ts';

const { derivedFrom: _derived, ...stated } = shell;
const discharge: Shape<DischargeData> = object({
  ...stated,
  ...origin,
  dischargedAt: time('when it ended'),
  admittedAt: time('when it began'),
  disposition: maybeText('where to (HL7 table 0112)'),
  diagnoses: listOf(coding('diagnosis'), 'diagnoses'),
});

const begun = object({ ...shell, admittedAt: time('when it began') });

export const ENCOUNTER_EVENTS = {
  'encounter.preadmitted': {
    version: 1,
    says: 'A stay is expected.',
    key: 'patient, visit number, time (PV1-44, EVN-6, EVN-2)',
    hl7: 'A05, A14; A04 with patient class P',
    fhir: 'Encounter is created with status planned',
    data: object({ ...shell, expectedAt: time('when it is expected to begin') }),
  },
  'encounter.registered': {
    version: 1,
    says: 'An outpatient or emergency visit has begun.',
    key: 'patient, visit number, time (PV1-44, EVN-6, EVN-2)',
    hl7: 'A04 with a visit, unless its patient class is I or P',
    fhir: 'Encounter of class AMB or EMER becomes arrived or in-progress',
    data: begun,
  },
  'patient.admitted': {
    version: 1,
    says: 'A patient was admitted.',
    key: 'patient, visit number, time (PV1-44, EVN-6, EVN-2)',
    hl7: 'A01; A06; A04 with patient class I',
    fhir: 'Encounter of class IMP becomes in-progress',
    data: begun,
  },
  'patient.transferred': {
    version: 1,
    says: 'A patient is at another place.',
    key: 'patient, visit number, time',
    hl7: 'A02, A17 (each of both patients); A08 whose PV1-3 differs from what was known',
    fhir: 'Encounter.location has another active place',
    data: object({ ...shell, from: orNull(place('where the patient was; null: not known')), to: place('where now') }),
  },
  'encounter.class-changed': {
    version: 1,
    says: 'A visit is of another patient class.',
    key: 'patient, visit number, class, time',
    hl7: 'A06, A07; A08 whose PV1-2 differs from what was known',
    fhir: 'Encounter.class differs',
    data: object({ ...shell, from: maybeText('class before; null: not known'), to: maybeText('class now') }),
  },
  'patient.discharged': {
    version: 1,
    says: 'A visit is over.',
    key: 'patient, visit number, time (PV1-45, EVN-6, EVN-2)',
    hl7: 'A03',
    fhir: 'Encounter becomes finished',
    data: discharge,
  },
  'discharge.planned': {
    version: 1,
    says: 'A discharge is expected.',
    key: 'patient, visit number, expected time',
    hl7: 'A16',
    fhir: '',
    data: object({ ...shell, expectedAt: time('when it is expected (PV2-9)') }),
  },
  'discharge.plan-cancelled': {
    version: 1,
    says: 'A discharge that was expected is not any more.',
    key: 'patient, visit number, time',
    hl7: 'A25',
    fhir: '',
    data: object(shell),
  },
  'admission.cancelled': {
    version: 1,
    says: 'A stay did not happen, or will not.',
    key: 'patient, visit number, time',
    hl7: 'A11, A27, A38',
    fhir: 'Encounter becomes cancelled or entered-in-error',
    data: object(shell),
  },
  'transfer.cancelled': {
    version: 1,
    says: 'A transfer did not happen: the patient is where they were.',
    key: 'patient, visit number, time',
    hl7: 'A12',
    fhir: '',
    data: object({ ...shell, from: orNull(place('where the patient was thought to be')), to: place('where they are') }),
  },
  'discharge.cancelled': {
    version: 1,
    says: 'A visit that was over goes on.',
    key: 'patient, visit number, time',
    hl7: 'A13',
    fhir: 'Encounter goes from finished to in-progress',
    data: object(shell),
  },
  'encounter.updated': {
    version: 1,
    says: 'Something about a visit is different from what was known.',
    key: 'patient, visit number, time, what changed',
    hl7: 'A08 whose PV1, PV2 or DG1 differ; A09, A10, A21, A22, A52 to A55',
    fhir: 'Encounter is updated; status onleave',
    data: object({ ...shell, changed }),
  },
} as const satisfies Readonly<Record<string, EventEntry>>;
