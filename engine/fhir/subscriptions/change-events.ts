/** The canonical events of a change that was read: those of each version since the last that was processed, by their time. */
import type { CanonicalEvent } from '../../events/from-hl7/reading.ts';
import { deriveFhirEvents, FHIR_EVENT_TYPES } from '../../events/from-fhir/derive-fhir-events.ts';
import { eventContext } from '../../events/event-context.ts';
import { lastUpdated, type FhirEventContext } from '../../events/from-fhir/change.ts';
import type { Millis } from '../../base/clock.ts';
import type { ClaimedWork, Failure, IdentityFinding } from '../../store/contract/index.ts';
import type { PatientRef } from '../../events/clinical-event.ts';
import type { FhirPeople } from '../../identity/stated-people.ts';
import type { FhirEndpoint, FhirResource } from '../endpoint.ts';
import type { ReadChange } from './read-change.ts';
import { withReferenced } from './referenced.ts';
import { versionsBetween, type VersionsFound } from './versions-between.ts';

/** What the node says of the events that it wants. */
export interface WantedEvents extends Pick<FhirEventContext, 'authorities' | 'mode'> {
  /** What becomes of the endpoint's failure. */
  readonly failed: (failure: Failure) => Error;
  /** Absent: nothing says how patients are matched. */
  readonly identify?: (said: FhirPeople) => Promise<IdentityFinding>;
}

export interface ChangeEvents {
  /** By the time at which they happened. */
  readonly events: readonly CanonicalEvent[];
  /** For the trace: what could not be known; `null`: nothing. No clinical values. */
  readonly note: string | null;
  /** What `identify` gave; absent: it was not asked. */
  readonly identity?: IdentityFinding;
}

export interface ChangeEventsOptions extends WantedEvents {
  readonly endpoint: Pick<FhirEndpoint, 'name' | 'read' | 'vread' | 'history'>;
  readonly base: string;
  /** Versions of before are no news where nothing of the resource was processed. */
  readonly since: Millis | null;
  readonly isTheirs: (reference: string, versionId: string) => Promise<boolean>;
}

/** The same change gives the same events each time: versions do not change any more. */
export async function changeEvents(
  options: ChangeEventsOptions,
  { resource, reference, id, before }: Extract<ReadChange, { kind: 'change' }>,
  work: Pick<ClaimedWork, 'messageId' | 'seq' | 'message' | 'correlationId' | 'traceparent'>,
): Promise<ChangeEvents> {
  // What was deleted is no fact that the catalogue has: a fact is called off by a status.
  if (!resource) return { events: [], note: null };
  const { endpoint, base, since, authorities, mode, isTheirs, failed, identify } = options;
  const versions: VersionsFound = FHIR_EVENT_TYPES.includes(resource.resourceType)
    ? await versionsBetween({
        endpoint,
        current: resource,
        id,
        before,
        since,
        isTheirs: (version) => isTheirs(reference, version),
        failed,
      })
    : { steps: [{ current: resource, before: null }], note: null };
  const given: Omit<FhirEventContext, 'resolve'> = {
    ...eventContext(work, { zone: null, mode }),
    source: `/fhir/${encodeURIComponent(endpoint.name)}`,
    authorities,
  };
  const derived = (context: FhirEventContext): readonly CanonicalEvent[] =>
    versions.steps.flatMap((step) => deriveFhirEvents(step.current, step.before, context));
  let told: Told = { people: new Map(), resolve: () => undefined };
  const { found, open } = await withReferenced({ endpoint, base, own: resource, failed }, (resolve) => {
    // With each round of what is read more is known of them.
    const people = new Map<FhirResource, PatientRef>();
    told = { people, resolve };
    return derived({ ...given, resolve, about: (patient, ref) => people.set(patient, ref) });
  });
  const identity =
    identify && told.people.size > 0 ? await identify(saidBy(resource, told.people, found, given)) : null;
  const events = identity ? derived({ ...given, resolve: told.resolve, identity }) : found;
  const missing = open === 0 ? null : `${open} of its references could not be followed.`;
  return {
    events: byTime(events),
    note: [versions.note, missing].filter((one) => one !== null).join(' ') || null,
    ...(identity && { identity }),
  };
}

interface Told extends Pick<FhirEventContext, 'resolve'> {
  readonly people: ReadonlyMap<FhirResource, PatientRef>;
}

function saidBy(
  resource: FhirResource,
  people: ReadonlyMap<FhirResource, PatientRef>,
  events: readonly CanonicalEvent[],
  { receivedAt }: { readonly receivedAt: Millis },
): FhirPeople {
  const at = (time: string | null | undefined): Millis => {
    const told = Date.parse(time ?? '');
    // A server whose clock is ahead must not make all that follows look late.
    return Number.isNaN(told) ? receivedAt : Math.min(told, receivedAt);
  };
  const merges = events.flatMap((event) =>
    event.name === 'patient.merged'
      ? [{ prior: event.data.merged, survivor: event.data.patient, at: at(event.time) }]
      : [],
  );
  // Of several versions of one record the newest says who it is.
  const newest = new Map([...people].map(([patient, ref]) => [patient.id ?? ref, { patient, ref }]));
  return { people: [...newest.values()], merges, at: at(lastUpdated(resource)) };
}

/** One that does not say when stays behind the one that was told before it. */
function byTime(events: readonly CanonicalEvent[]): readonly CanonicalEvent[] {
  let last = -Infinity;
  const placed = events.map((event) => {
    const at = Date.parse(event.time ?? '');
    last = Number.isNaN(at) ? last : at;
    return { event, at: last };
  });
  return placed.toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ event }) => event);
}
