/** How the journal knows a change: what it is found, shown and ordered by. Pure. */
import type { SearchKey, SearchKeyKind } from '../../store/contract/index.ts';
import type { EventDescription } from '../../intake/feed.ts';
import type { FhirResource } from '../endpoint.ts';
import type { Change } from './notification.ts';
import { listOf, recordOf, textOf } from './parts.ts';
import type { SubscriptionSettings } from './settings.ts';

const MOST_KEYS = 20;

/** `arrival`: of this very notification. */
export function describeChange(
  change: Change,
  { endpoint, ordering }: Pick<SubscriptionSettings, 'endpoint' | 'ordering'>,
  arrival: string,
): EventDescription {
  const { type, id, versionId, lastUpdated, resource } = change;
  const reference = `${type}/${id}`;
  return {
    controlId: versionId === null ? reference : `${reference}/${versionId}`,
    // Where no version is stated nothing tells one change from the next: what was processed before is told by its work.
    sameAs: versionId === null ? arrival : `${endpoint}\n${reference}\n${versionId}`,
    type,
    sender: endpoint,
    messageTime: lastUpdated === null ? null : new Date(lastUpdated).toISOString(),
    keys: resource ? keysOf(resource) : [],
    patientHint: resource?.resourceType === 'Patient' ? hintOf(resource) : null,
    orderingValue: ordering === 'none' ? null : ordering === 'patient' ? (patientOf(change) ?? reference) : reference,
  };
}

/** `Patient/12` that the resource is about, or is. */
export function patientOf({ type, id, resource }: Pick<Change, 'type' | 'id' | 'resource'>): string | null {
  if (type === 'Patient') return `Patient/${id}`;
  for (const element of ['subject', 'patient', 'for', 'beneficiary']) {
    const reference = textOf(recordOf(resource?.[element])['reference']);
    const found = /(?:^|\/)(Patient\/[A-Za-z0-9.-]{1,64})$/.exec(reference ?? '')?.[1];
    if (found !== undefined) return found;
  }
  return null;
}

const KEYED: Readonly<Record<string, SearchKeyKind>> = {
  Patient: 'patient',
  Encounter: 'visit',
  ServiceRequest: 'order',
  MedicationRequest: 'order',
};

function keysOf(resource: FhirResource): readonly SearchKey[] {
  const keys: SearchKey[] = [];
  const own = KEYED[resource.resourceType];
  if (own) for (const value of valuesOf(resource['identifier'])) keys.push({ kind: own, value });
  for (const element of ['subject', 'patient', 'for'])
    for (const value of valuesOf([recordOf(resource[element])['identifier']])) keys.push({ kind: 'patient', value });
  return keys.slice(0, MOST_KEYS);
}

const valuesOf = (identifiers: unknown): readonly string[] =>
  listOf(identifiers)
    .slice(0, MOST_KEYS)
    .flatMap((one) => textOf(recordOf(one)['value']) ?? []);

/** As of an HL7 message: initials, and the end of the identifier, never more than half of it. */
function hintOf(patient: FhirResource): string | null {
  const name = recordOf(listOf(patient['name'])[0]);
  const initials = [textOf(listOf(name['given'])[0]), textOf(name['family'])]
    .map((part) => /\p{L}/u.exec(part ?? '')?.[0]?.toUpperCase())
    .filter((letter) => letter !== undefined)
    .map((letter) => `${letter}.`)
    .join('');
  const [identifier = ''] = valuesOf(patient['identifier']);
  const shown = Math.min(4, Math.floor(identifier.length / 2));
  const end = shown > 0 ? `…${identifier.slice(-shown).toWellFormed()}` : '';
  return [initials, end].filter((part) => part !== '').join(' ') || null;
}
