/** Who wrote what, and out of which message: a Provenance for each write (R4 6.3), made once however often the write is looked at. */
import type { Millis } from '../base/clock.ts';
import type { FhirAnswer, FhirResource, FhirResult, WriteOrigin } from './endpoint.ts';
import { versionTag } from './version-tag.ts';

export const PROVENANCE_IDENTIFIER_SYSTEM = 'urn:wardflow:provenance';

/** What the write did, as http://terminology.hl7.org/CodeSystem/v3-DataOperation says it. */
export type Activity = 'CREATE' | 'UPDATE';

const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;
const VERSION = /^(?:W\/)?"([A-Za-z0-9.-]{1,64})"$/;
const MOST_TARGETS = 1_000;

/** `undefined`: the answer does not say what was written. */
export function provenanceOf(
  origin: WriteOrigin,
  answer: FhirAnswer,
  activity: Activity,
  now: Millis,
): FhirResource | undefined {
  const target = targetsIn(answer).slice(0, MOST_TARGETS);
  if (target.length === 0) return undefined;
  const coding = (system: string, code: string): object => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
  });
  const { definition, definitionVersion, messageId } = origin;
  return {
    resourceType: 'Provenance',
    target: target.map((reference) => ({ reference })),
    recorded: new Date(now).toISOString(),
    activity: coding('v3-DataOperation', activity),
    agent: [
      {
        type: coding('provenance-participant-type', 'assembler'),
        who: { identifier: { system: 'urn:wardflow:definition', value: `${definition}@${definitionVersion}` } },
      },
    ],
    entity: [{ role: 'source', what: { identifier: { system: 'urn:wardflow:message', value: messageId } } }],
  };
}

/** With their versions, since what stands there later is not what was written. */
function targetsIn({ resource, location, etag }: FhirAnswer): readonly string[] {
  if (resource?.resourceType !== 'Bundle') return referenceTo(resource, location, etag);
  const entries: readonly unknown[] = Array.isArray(resource['entry']) ? resource['entry'] : [];
  return entries.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { resource: made, response } = entry as { readonly resource?: unknown; readonly response?: unknown };
    const said = (response ?? {}) as { readonly location?: unknown; readonly etag?: unknown };
    const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    return referenceTo(isResource(made) ? made : null, text(said.location), text(said.etag));
  });
}

function referenceTo(resource: FhirResource | null, location: string | null, etag: string | null): readonly string[] {
  const [, there, versionThere] = REFERENCE.exec(location ?? '') ?? [];
  const named = resource?.id === undefined ? there : `${resource.resourceType}/${resource.id}`;
  if (named === undefined || !REFERENCE.test(named)) return [];
  const version = VERSION.exec((resource && versionTag(resource)) ?? etag ?? '')?.[1] ?? versionThere;
  return [version === undefined ? named : `${named}/_history/${version}`];
}

const isResource = (value: unknown): value is FhirResource =>
  typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string';

/** What follows a write; gives the write's own result, whatever becomes of the Provenance. */
export type Follow = (result: FhirResult, activity: Activity) => Promise<FhirResult>;
