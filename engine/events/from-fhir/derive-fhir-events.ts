import type { FhirResource } from '../../fhir/endpoint.ts';
import { hash } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { appointmentEvents } from './appointment.ts';
import { changeOf, tellChange, type FhirChange, type FhirEventContext } from './change.ts';
import { encounterEvents } from './encounter.ts';
import { observationEvents, reportEvents } from './observation.ts';
import { administrationEvents, chargeEvents, documentEvents, immunizationEvents, taskEvents } from './others.ts';
import { patientEvents } from './patient.ts';
import { element, isSame, stringIn } from './read-resource.ts';
import { medicationRequestEvents, serviceRequestEvents } from './requests.ts';

const BY_TYPE: Readonly<Record<string, (change: FhirChange) => CanonicalEvent[]>> = {
  Patient: patientEvents,
  Encounter: encounterEvents,
  ServiceRequest: serviceRequestEvents,
  MedicationRequest: medicationRequestEvents,
  MedicationAdministration: administrationEvents,
  Observation: observationEvents,
  DiagnosticReport: reportEvents,
  Appointment: appointmentEvents,
  DocumentReference: documentEvents,
  Immunization: immunizationEvents,
  ChargeItem: chargeEvents,
  Task: taskEvents,
};

/** Resource types that have events of their own; a change of any other is `message.unmapped`. */
export const FHIR_EVENT_TYPES: readonly string[] = Object.keys(BY_TYPE);

/**
 * The canonical events of a change: what a version of a resource says against the one before. The same fact has the same id as from
 * HL7 v2 where both know what names it; where they do not, the event says so in `possibleDuplicateOf`. Pure, and never throws.
 *
 * @param before the version before; `null`: there is none, or nobody knows it
 * @returns none where nothing that has a name is different
 */
export function deriveFhirEvents(
  current: FhirResource,
  before: FhirResource | null,
  context: FhirEventContext,
): readonly CanonicalEvent[] {
  const change = changeOf(current, before, context);
  if (before !== null && isSameVersion(current, before)) return [];
  const { resourceType: type } = current;
  const derive = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  return derive ? derive(change) : [unmapped(change)];
}

function isSameVersion(current: FhirResource, before: FhirResource): boolean {
  const [now, then] = [current, before].map(({ meta }) => stringIn(element(meta)['versionId']));
  return now !== null && now !== undefined ? now === then : isSame(current, before);
}

function unmapped(change: FhirChange): CanonicalEvent {
  const { current, context } = change;
  const key = hash(['fhir', context.source, `${current.resourceType}/${current.id ?? ''}`]);
  return tellChange(
    change,
    { key, isIdentified: true },
    {
      name: 'message.unmapped',
      key: [context.source, current.resourceType, current.id ?? null, stringIn(element(current['meta'])['versionId'])],
      time: change.updatedAt,
      isShared: true,
      data: { type: current.resourceType, reason: 'type-unknown' },
    },
  );
}
