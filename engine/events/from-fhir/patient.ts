/** Patient: registered, changed, merged, dead. */
import { keyTime, patientKey, statedKey } from '../envelope.ts';
import type { CanonicalEvent } from '../from-hl7/reading.ts';
import { patientRefOf, resolved, tellChange, whoIs, type FhirChange } from './change.ts';
import { element, elements, isSame, stringIn, timeIn } from './read-resource.ts';

/** Elements by the names that `changed` gives them. */
const COMPARED: Readonly<Record<string, string>> = {
  identifier: 'identifiers',
  active: 'active',
  name: 'name',
  birthDate: 'birthDate',
  gender: 'sex',
  address: 'address',
  telecom: 'telecom',
  maritalStatus: 'maritalStatus',
  communication: 'language',
  contact: 'contact',
  generalPractitioner: 'generalPractitioner',
};

export function patientEvents(change: FhirChange): CanonicalEvent[] {
  const { current, before, context } = change;
  const who = whoIs(change, current, null, undefined);
  const person = { patient: who.patient, derivedFrom: 'difference' } as const;
  const events: CanonicalEvent[] = [];
  const fact = ['patient.registered', who.key] as const;
  if (before === null)
    events.push(
      tellChange(change, who, {
        name: 'patient.registered',
        key: [],
        fact,
        time: change.updatedAt,
        isShared: true,
        data: person,
      }),
    );
  events.push(...merged(change));
  const deceasedAt = timeIn(current['deceasedDateTime']);
  if (isDeceased(current) && !isDeceased(before))
    events.push(
      tellChange(change, who, {
        name: 'patient.deceased',
        key: [],
        time: deceasedAt,
        isShared: true,
        data: { ...person, deceasedAt },
      }),
    );
  if (before === null) return events;
  const previous = patientRefOf(before, context);
  const isRenumbered =
    previous.identifier !== null &&
    who.patient.identifier !== null &&
    statedKey(previous.identifier) !== statedKey(who.patient.identifier);
  if (isRenumbered && previous.identifier)
    events.push(
      tellChange(change, who, {
        name: 'patient.identifier-changed',
        key: [statedKey(previous.identifier)],
        time: change.updatedAt,
        isShared: true,
        data: { ...person, previous },
      }),
    );
  const changed = Object.entries(COMPARED)
    .filter(([name]) => !isSame(current[name], before[name]) && !(isRenumbered && name === 'identifier'))
    .map(([, word]) => word);
  if (changed.length > 0)
    events.push(
      tellChange(change, who, {
        name: 'patient.updated',
        key: [keyTime(change.updatedAt)],
        fact,
        correction: true,
        time: change.updatedAt,
        isShared: false,
        data: { ...person, changed },
      }),
    );
  return events;
}

function isDeceased(patient: FhirChange['before']): boolean {
  return patient?.['deceasedBoolean'] === true || timeIn(patient?.['deceasedDateTime']) !== null;
}

/** The record that gets the link is the one that is not to be used any more. */
function merged(change: FhirChange): CanonicalEvent[] {
  const { current, before, context } = change;
  const known = new Set(replacedBy(before));
  return replacedBy(current)
    .filter((reference) => !known.has(reference))
    .map((reference) => {
      const survivor = resolved(change, { reference });
      const who = whoIs(change, survivor, reference, undefined);
      const gone = patientRefOf(current, context);
      return tellChange(change, who, {
        name: 'patient.merged',
        key: [gone.identifier ? statedKey(gone.identifier) : patientKey(gone, context)],
        time: change.updatedAt,
        isShared: gone.identifier !== null,
        data: { patient: who.patient, derivedFrom: 'difference', merged: gone },
      });
    });
}

const replacedBy = (patient: FhirChange['before']): string[] =>
  elements(patient?.['link'])
    .filter(({ type }) => type === 'replaced-by')
    .map(({ other }) => stringIn(element(other)['reference']))
    .filter((reference) => reference !== null);
