/** A change of a resource, with whom it is about, and how its events are made. */
import type { FhirResource } from '../../fhir/endpoint.ts';
import type { EventData, EventName } from '../catalogue/index.ts';
import type { ClinicalEvent, EventContext, FhirOrigin, PatientRef, VisitRef } from '../clinical-event.ts';
import { envelope, hash, keyTime, patientKey, type BusinessKey } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { authorityOf } from './authorities.ts';
import {
  anyIdentifierOf,
  conceptIn,
  element,
  elements,
  hasCode,
  identifierOf,
  isElement,
  referenceIn,
  stringIn,
  timeIn,
} from './read-resource.ts';

export interface FhirEventContext extends EventContext {
  /** What the events are from: the endpoint's name as a URI reference, `/fhir/ehr`. */
  readonly source: string;
  /** HL7 assigning authority (CX.4) by the `system` of identifiers: both sides then name a patient alike. */
  readonly authorities: Readonly<Record<string, string>>;
  /** The resource that a reference names, where the caller has read it: patient, encounter, order, location. */
  readonly resolve: (reference: string) => FhirResource | undefined;
  /** Hears of each patient whom an event is about and whom a number names. */
  readonly about?: (patient: FhirResource, ref: PatientRef) => void;
}

export interface FhirChange {
  readonly current: FhirResource;
  readonly before: FhirResource | null;
  readonly context: FhirEventContext;
  /** It is older than the version that is known. */
  readonly late: boolean;
  /** `meta.lastUpdated`; when the server was told, not when it happened. */
  readonly updatedAt: string | null;
}

export function changeOf(current: FhirResource, before: FhirResource | null, context: FhirEventContext): FhirChange {
  const [now, then] = [lastUpdated(current), lastUpdated(before ?? undefined)];
  const late = now !== null && then !== null && Date.parse(now) < Date.parse(then);
  return { current, before, context, late, updatedAt: now };
}

export const lastUpdated = (resource: FhirResource | undefined): string | null =>
  timeIn(element(resource?.['meta'])['lastUpdated']);

export const statusOf = (resource: FhirResource | null): string | null => stringIn(resource?.['status']);

export interface Whom {
  readonly patient: PatientRef;
  readonly visit: VisitRef;
  readonly key: string;
  readonly isIdentified: boolean;
}

const NO_VISIT: VisitRef = {
  number: null,
  class: null,
  unit: null,
  room: null,
  bed: null,
  service: null,
  attending: null,
};

export function whom(change: FhirChange, subject: unknown, encounter: unknown): Whom {
  const reference = referenceIn(subject);
  const resource = reference === null ? undefined : change.context.resolve(reference);
  return whoIs(change, resource ?? logical(subject), reference, resolved(change, encounter));
}

/** A reference by identifier alone names a patient as well. */
function logical(subject: unknown): FhirResource | undefined {
  const { identifier } = element(subject);
  return isElement(identifier) ? { resourceType: 'Patient', identifier: [identifier] } : undefined;
}

export function resolved({ context }: FhirChange, reference: unknown): FhirResource | undefined {
  const named = referenceIn(reference);
  return named === null ? undefined : context.resolve(named);
}

export function whoIs(
  { context, current }: FhirChange,
  patient: FhirResource | undefined,
  reference: string | null,
  encounter: FhirResource | undefined,
): Whom {
  const ref = patientRefOf(patient, context);
  const isIdentified = ref.identifier !== null;
  if (patient && isIdentified) context.about?.(patient, ref);
  return {
    patient: ref,
    visit: encounter ? visitOf(encounter, context) : NO_VISIT,
    key: isIdentified
      ? patientKey(ref, context)
      : hash(['fhir', context.source, reference ?? `${current.resourceType}/${current.id ?? ''}`]),
    isIdentified,
  };
}

export function patientRefOf(
  patient: FhirResource | undefined,
  { authorities }: Pick<FhirEventContext, 'authorities'>,
): PatientRef {
  const identifiers = elements(patient?.['identifier']).flatMap(({ system, value, type }) => {
    const [from, said] = [stringIn(system), stringIn(value)];
    const [kind] = elements(element(type)['coding']);
    return said === null
      ? []
      : [
          {
            value: said,
            authority: from === null ? null : authorityOf(authorities, from),
            type: stringIn(kind?.['code']),
          },
        ];
  });
  const [name] = elements(patient?.['name']);
  const given = Array.isArray(name?.['given']) ? name['given'].slice(0, 10).map(stringIn) : [];
  const whole = [...given, stringIn(name?.['family'])].filter((part) => part !== null).join(' ');
  return {
    identifier: identifiers.find(({ type }) => type === 'MR') ?? identifiers[0] ?? null,
    identifiers,
    name: whole === '' ? stringIn(name?.['text']) : whole,
    birthDate: timeIn(patient?.['birthDate']),
    sex: SEX[stringIn(patient?.['gender']) ?? ''] ?? null,
  };
}

/** HL7 table 0001. */
const SEX: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O', unknown: 'U' };
/** v3 ActCode to HL7 table 0004. */
const CLASS: Readonly<Record<string, string>> = {
  IMP: 'I',
  ACUTE: 'I',
  NONAC: 'I',
  AMB: 'O',
  EMER: 'E',
  PRENC: 'P',
  OBSENC: 'B',
};

export function classOf(encounter: FhirResource | null): string | null {
  const code = stringIn(element(encounter?.['class'])['code']);
  return code === null ? null : (CLASS[code] ?? code);
}

export const visitNumberOf = (encounter: FhirResource): string | null =>
  identifierOf(encounter, 'VN') ?? anyIdentifierOf(encounter);

function visitOf(encounter: FhirResource, context: FhirEventContext): VisitRef {
  const attending = elements(encounter['participant']).find(({ type }) =>
    elements(type).some((one) => hasCode(one, 'ATND')),
  );
  return {
    number: visitNumberOf(encounter),
    class: classOf(encounter),
    ...placeOf(activeLocation(encounter), context),
    service: conceptIn(encounter['serviceType']).code,
    attending: stringIn(element(attending?.['individual'])['display']),
  };
}

export const activeLocation = (encounter: FhirResource | null): Element | undefined =>
  elements(encounter?.['location']).findLast(({ status }) => status === undefined || status === 'active');

type Element = Readonly<Record<string, unknown>>;

/** Room and bed stand in the unit (`partOf`) where the server tells them apart; a name alone is the unit. */
export function placeOf(
  location: Element | undefined,
  { resolve }: Pick<FhirEventContext, 'resolve'>,
): { unit: string | null; room: string | null; bed: string | null } {
  const place: { unit: string | null; room: string | null; bed: string | null } = { unit: null, room: null, bed: null };
  let reference: unknown = location?.['location'];
  for (let up = 0; up < MOST_LEVELS && reference !== undefined; up++) {
    const named = referenceIn(reference);
    const found = named === null ? undefined : resolve(named);
    const name =
      stringIn(found?.['name']) ?? (found ? anyIdentifierOf(found) : stringIn(element(reference)['display']));
    const level = LEVEL[conceptIn(found?.['physicalType']).code ?? ''] ?? (up === 0 ? 'unit' : null);
    if (level !== null && place[level] === null) place[level] = name;
    reference = found?.['partOf'];
  }
  return place;
}

const MOST_LEVELS = 5;
/** CodeSystem location-physical-type. */
const LEVEL: Readonly<Record<string, 'unit' | 'room' | 'bed'>> = { wa: 'unit', ro: 'room', bd: 'bed' };

export interface ToldChange<N extends EventName> {
  readonly name: N;
  readonly key: BusinessKey;
  readonly fact?: BusinessKey;
  readonly stage?: number;
  readonly correction?: boolean;
  readonly time: string | null;
  /** Whether an HL7 v2 message about the same would have the same key. */
  readonly isShared: boolean;
  readonly data: Omit<EventData<N>, 'sourceTrigger' | 'resource' | 'possibleDuplicateOf'>;
}

export function tellChange<N extends EventName>(
  change: FhirChange,
  { key: subject, isIdentified }: Pick<Whom, 'key' | 'isIdentified'>,
  told: ToldChange<N>,
): CanonicalEvent {
  const { current, before, context, updatedAt } = change;
  const { name, key, fact, stage, correction = false, time } = told;
  const isShared = told.isShared && isIdentified;
  const version = stringIn(element(current['meta'])['versionId']);
  const own = isShared ? [] : [context.source, current.resourceType, current.id ?? null, version ?? updatedAt];
  const from: FhirOrigin = {
    resource: { type: current.resourceType, id: current.id ?? '', version },
    ...(!isShared && {
      possibleDuplicateOf: { name, subject: isIdentified ? subject : null, time: keyTime(time ?? updatedAt) },
    }),
  };
  const data = {
    sourceTrigger: {
      system: 'http://hl7.org/fhir/restful-interaction',
      code: before === null ? 'create' : 'update',
      display: null,
    },
    ...told.data,
    ...from,
  };
  const event = envelope(
    {
      name,
      source: context.source,
      key: [subject, ...key, ...own],
      fact: {
        key: fact ?? [name, subject, ...key, ...own],
        content: [hash([JSON.stringify(told.data)])],
        stage: stage ?? null,
        correction,
      },
      time,
      patient: subject,
      late: change.late,
      data,
    },
    { ...context, statedAt: updatedAt },
  ) as ClinicalEvent<N>;
  // The compiler does not see that one member of the union was built.
  return event as unknown as CanonicalEvent;
}

export const shellFor = (
  { patient, visit }: Whom,
  derivedFrom: 'trigger' | 'difference' = 'difference',
): { patient: PatientRef; visit: VisitRef; derivedFrom: 'trigger' | 'difference' } => ({ patient, visit, derivedFrom });
