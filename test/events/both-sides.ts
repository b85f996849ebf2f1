/** The same facts, as an HL7 v2 message and as a change of a FHIR resource; synthetic. */
import {
  deriveFhirEvents,
  writeHl7Time,
  type CanonicalEvent,
  type FhirEventContext,
  type FhirResource,
} from '../../engine/index.ts';
import { context } from './kit.ts';

const AUTHORITY = 'urn:oid:1.2.3';
const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0203';
const typed = (code: string, value: string): object => ({
  type: { coding: [{ system: V2, code }] },
  system: AUTHORITY,
  value,
});
const loinc = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] });
export const patient = (mrn: string, more: object = {}): FhirResource => ({
  resourceType: 'Patient',
  id: `p-${mrn}`,
  identifier: [typed('MR', mrn)],
  name: [{ family: 'Example', given: ['Alex'] }],
  ...more,
});
const subject = (mrn: string): object => ({ reference: `Patient/p-${mrn}` });

export const fhirContext = (...read: FhirResource[]): FhirEventContext => {
  const byReference = new Map(read.map((one) => [`${one.resourceType}/${one.id ?? ''}`, one]));
  return {
    ...context(),
    source: '/fhir/ehr',
    authorities: { [AUTHORITY]: 'NORTH' },
    resolve: (reference) => byReference.get(reference),
  };
};
let version = 0;
export const versioned = (resource: FhirResource): FhirResource => ({
  ...resource,
  meta: { versionId: String(++version), lastUpdated: '2026-01-05T09:00:00Z' },
});
export const changed = (
  before: FhirResource | null,
  current: FhirResource,
  ...read: FhirResource[]
): readonly CanonicalEvent[] => {
  const old = before && versioned(before);
  return deriveFhirEvents(versioned(current), old, fhirContext(...read));
};
export const names = (events: readonly CanonicalEvent[]): string[] => events.map(({ name }) => name);

export interface Fact {
  readonly mrn: string;
  readonly visit: string;
  readonly number: string;
  /** An instant, whole minutes. */
  readonly at: number;
  /** Minutes ahead of UTC, of the message and of the resource: they need not be the same. */
  readonly zones: readonly [number, number];
}
const zone = (minutes: number): string => {
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(Math.abs(minutes) / 60))}:${digits(Math.abs(minutes) % 60)}`;
};
const hl7Time = ({ at, zones }: Fact): string => writeHl7Time(at, { precision: 'minute', zone: zone(zones[0]) });
const fhirTime = ({ at, zones }: Fact): string =>
  `${new Date(at + zones[1] * 60_000).toISOString().slice(0, 19)}${zone(zones[1])}`;

export const msh = (type: string): string => `MSH|^~\\&|APP|NORTH|WF|SOUTH|20260105||${type}|C-1|P|2.5.1`;
export const pid = ({ mrn }: Fact, more = ''): string => `PID|1||${mrn}^^^NORTH^MR||Example^Alex${more}`;
const pv1 = ({ visit }: Fact, code: string, times: string): string =>
  `PV1|1|${code}|4W${'|'.repeat(16)}${visit}${times}`;
const adt = (fact: Fact, trigger: string, code = 'I', times = ''): string[] => [
  msh(`ADT^${trigger}`),
  `EVN||${hl7Time(fact)}`,
  pid(fact),
  pv1(fact, code, times),
];
const ADMITTED = (fact: Fact): string => `${'|'.repeat(25)}${hl7Time(fact)}`;
const DISCHARGED = (fact: Fact): string => `${'|'.repeat(26)}${hl7Time(fact)}`;

export const encounter = (fact: Fact, more: object): FhirResource => ({
  resourceType: 'Encounter',
  id: 'e1',
  identifier: [typed('VN', fact.visit)],
  status: 'in-progress',
  class: { code: 'IMP' },
  subject: subject(fact.mrn),
  ...more,
});
export const started = (fact: Fact): object => ({ period: { start: fhirTime(fact) } });
const request = (fact: Fact, more: object): FhirResource => ({
  resourceType: 'ServiceRequest',
  id: 'r1',
  identifier: [typed('PLAC', `P${fact.number}`), typed('FILL', `F${fact.number}`)],
  status: 'active',
  intent: 'order',
  code: loinc('24323-8'),
  subject: subject(fact.mrn),
  ...more,
});
export const observation = (fact: Fact, status: string, flag?: string): FhirResource => ({
  resourceType: 'Observation',
  id: 'o1',
  status,
  code: loinc('2823-3'),
  subject: subject(fact.mrn),
  basedOn: [{ reference: 'ServiceRequest/r1' }],
  effectiveDateTime: fhirTime(fact),
  valueQuantity: { value: 6.9, unit: 'mmol/L' },
  ...(flag !== undefined && { interpretation: [{ coding: [{ code: flag }] }] }),
});
const oru = (fact: Fact, status: string, flag = ''): string[] => [
  msh('ORU^R01'),
  pid(fact),
  `ORC|RE|P${fact.number}|F${fact.number}`,
  `OBR|1|P${fact.number}|F${fact.number}|24323-8^Panel^LN`,
  `OBX|1|NM|2823-3^Potassium^LN||6.9|mmol/L||${flag}|||${status}|||${hl7Time(fact)}`,
];
const orm = (fact: Fact, control: string): string[] => [
  msh('ORM^O01'),
  pid(fact),
  `ORC|${control}|P${fact.number}|F${fact.number}`,
  `OBR|1|P${fact.number}|F${fact.number}|24323-8^Panel^LN`,
];
const appointment = (fact: Fact, status: string, more: object = {}): FhirResource => ({
  resourceType: 'Appointment',
  id: 'a1',
  identifier: [typed('PLAC', `P${fact.number}`), typed('FILL', `F${fact.number}`)],
  status,
  start: fhirTime(fact),
  end: fhirTime({ ...fact, at: fact.at + 1_800_000 }),
  participant: [{ actor: subject(fact.mrn), status: 'accepted' }],
  ...more,
});
const siu = (fact: Fact, trigger: string): string[] => [
  msh(`SIU^${trigger}`),
  `SCH|P${fact.number}|F${fact.number}|||||||||^^^${hl7Time(fact)}`,
  pid(fact),
];
const later = (fact: Fact): Fact => ({ ...fact, at: fact.at + 3_600_000 });

type Side = readonly [name: string, hl7: (fact: Fact) => string[], fhir: (fact: Fact) => readonly CanonicalEvent[]];
const whole = (fact: Fact, before: FhirResource | null, current: FhirResource, ...read: FhirResource[]) =>
  changed(before, current, patient(fact.mrn), ...read);

export const SIDES: readonly Side[] = [
  ['patient.registered', (f) => [msh('ADT^A28'), pid(f)], (f) => changed(null, patient(f.mrn))],
  [
    'patient.deceased',
    (f) => [msh('ADT^A31'), pid(f, `${'|'.repeat(25)}Y`)],
    (f) => changed(patient(f.mrn), patient(f.mrn, { deceasedBoolean: true })),
  ],
  [
    'patient.merged',
    (f) => [msh('ADT^A40'), pid(f), `MRG|${f.number}^^^NORTH^MR`],
    (f) =>
      changed(
        patient(f.number),
        patient(f.number, { active: false, link: [{ type: 'replaced-by', other: subject(f.mrn) }] }),
        patient(f.mrn),
      ),
  ],
  [
    'patient.identifier-changed',
    (f) => [msh('ADT^A47'), pid(f), `MRG|${f.number}^^^NORTH^MR`],
    (f) => changed(patient(f.number), patient(f.mrn)),
  ],
  [
    'encounter.preadmitted',
    (f) => adt(f, 'A05', 'P', ADMITTED(f)),
    (f) => whole(f, null, encounter(f, { status: 'planned', ...started(f) })),
  ],
  [
    'encounter.registered',
    (f) => adt(f, 'A04', 'E', ADMITTED(f)),
    (f) => whole(f, null, encounter(f, { class: { code: 'EMER' }, ...started(f) })),
  ],
  [
    'patient.admitted',
    (f) => adt(f, 'A01', 'I', ADMITTED(f)),
    (f) => whole(f, encounter(f, { status: 'planned' }), encounter(f, started(f))),
  ],
  [
    'patient.transferred',
    (f) => adt(f, 'A02'),
    (f) => {
      const at = (name: string, more: object): object => ({ location: { reference: `Location/${name}` }, ...more });
      return whole(
        f,
        encounter(f, { location: [at('a', { status: 'active' })] }),
        encounter(f, {
          location: [at('a', { status: 'completed' }), at('b', { status: 'active', period: { start: fhirTime(f) } })],
        }),
      );
    },
  ],
  [
    'encounter.class-changed',
    (f) => adt(f, 'A06'),
    (f) =>
      whole(
        f,
        encounter(f, { class: { code: 'AMB' } }),
        encounter(f, { classHistory: [{ class: { code: 'AMB' }, period: { end: fhirTime(f) } }] }),
      ),
  ],
  [
    'patient.discharged',
    (f) => adt(f, 'A03', 'I', DISCHARGED(f)),
    (f) => whole(f, encounter(f, {}), encounter(f, { status: 'finished', period: { end: fhirTime(f) } })),
  ],
  ['order.placed', (f) => orm(f, 'NW'), (f) => whole(f, null, request(f, {}))],
  ['order.cancelled', (f) => orm(f, 'CA'), (f) => whole(f, request(f, {}), request(f, { status: 'revoked' }))],
  ...(
    [
      ['preliminary', 'P', 'lab.result.preliminary'],
      ['final', 'F', 'lab.result.final'],
      ['corrected', 'C', 'lab.result.corrected'],
      ['entered-in-error', 'W', 'lab.result.corrected'],
    ] as const
  ).map(([status, code, name]): Side => [
    name,
    (f) => oru(f, code),
    (f) => whole(f, null, observation(f, status), request(f, {})),
  ]),
  [
    'lab.result.critical',
    (f) => oru(f, 'F', 'HH'),
    (f) => whole(f, null, observation(f, 'final', 'HH'), request(f, {})),
  ],
  [
    'lab.result.final',
    (f) => oru(f, 'F'),
    (f) =>
      whole(
        f,
        null,
        {
          resourceType: 'DiagnosticReport',
          id: 'd1',
          status: 'final',
          identifier: [typed('FILL', `F${f.number}`)],
          code: loinc('24323-8'),
          subject: subject(f.mrn),
          result: [{ reference: 'Observation/o1' }],
        },
        observation(f, 'final'),
      ),
  ],
  ['appointment.booked', (f) => siu(f, 'S12'), (f) => whole(f, null, appointment(f, 'booked'))],
  [
    'appointment.rescheduled',
    (f) => siu(f, 'S13'),
    (f) => whole(f, appointment(later(f), 'booked'), appointment(f, 'booked')),
  ],
  [
    'appointment.cancelled',
    (f) => siu(f, 'S15'),
    (f) => whole(f, appointment(f, 'booked'), appointment(f, 'cancelled')),
  ],
  ['appointment.missed', (f) => siu(f, 'S26'), (f) => whole(f, appointment(f, 'booked'), appointment(f, 'noshow'))],
  [
    'referral.received',
    (f) => [msh('REF^I12'), `RF1||||||P${f.number}^A`, pid(f)],
    (f) => whole(f, null, request(f, { category: [{ coding: [{ code: '3457005' }] }] })),
  ],
  [
    'document.available',
    (f) => [msh('MDM^T02'), pid(f), `TXA|1|DS||||||||||D${f.number}`],
    (f) =>
      whole(f, null, {
        resourceType: 'DocumentReference',
        id: 'd1',
        status: 'current',
        masterIdentifier: { value: `D${f.number}` },
        subject: subject(f.mrn),
      }),
  ],
  [
    'medication.ordered',
    (f) => [msh('RDE^O11'), pid(f), `ORC|NW|P${f.number}`, 'RXE||1049502^Oxycodone^RXNORM'],
    (f) =>
      whole(f, null, {
        resourceType: 'MedicationRequest',
        id: 'm1',
        status: 'active',
        identifier: [typed('PLAC', `P${f.number}`)],
        medicationCodeableConcept: { coding: [{ code: '1049502' }] },
        subject: subject(f.mrn),
      }),
  ],
  [
    'immunization.recorded',
    (f) => [msh('VXU^V04'), pid(f), `ORC|RE||F${f.number}`, `RXA|0|1|${hl7Time(f)}||08^Hep B^CVX|0.5`],
    (f) =>
      whole(f, null, {
        resourceType: 'Immunization',
        id: 'i1',
        status: 'completed',
        identifier: [{ value: `F${f.number}` }],
        vaccineCode: { coding: [{ code: '08' }] },
        patient: subject(f.mrn),
        occurrenceDateTime: fhirTime(f),
      }),
  ],
  [
    'charge.posted',
    (f) => [msh('DFT^P03'), pid(f), `FT1|1|T${f.number}||${hl7Time(f)}||CG|99213^Visit^C4`],
    (f) =>
      whole(f, null, {
        resourceType: 'ChargeItem',
        id: 'c1',
        status: 'billable',
        identifier: [{ value: `T${f.number}` }],
        code: { coding: [{ code: '99213' }] },
        subject: subject(f.mrn),
        occurrenceDateTime: fhirTime(f),
      }),
  ],
];
