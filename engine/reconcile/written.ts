/** What an effect has written on a FHIR server, read from its record. */
import { EFFECT_IDENTIFIER_SYSTEM } from '../effects/once.ts';
import type { FhirResource } from '../fhir/endpoint.ts';
import type { OurIdentifier } from '../fhir/identifier.ts';
import type { EffectRecord } from '../store/contract/index.ts';

export interface Written {
  /** Of its record: the effect's key, with a place where there are several. */
  readonly id: string;
  readonly endpoint: string;
  readonly type: string;
  readonly resourceId: string | null;
  /** `meta.versionId` as it was answered. */
  readonly version: string | null;
  /** The resource as the server answered it; `null`: not kept. */
  readonly content: FhirResource | null;
  /** What it can be found by; `null`: it was there before. */
  readonly identifier: OurIdentifier | null;
}

/** As effects name what they act on: `ehr: create Task`. */
const TARGET = /^(.{1,200}): (create|update|patch|transaction)(?: ([A-Z][A-Za-z]{1,63}))?$/;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const ETAG = /^(?:W\/)?"([^"]{1,64})"$/;
const LOCATION = /(?:^|\/)([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;
/** Entries of one transaction that are looked at. */
const MOST = 20;

export function writtenBy({ key, target, result, state }: EffectRecord): readonly Written[] {
  const [, endpoint, operation, type] = TARGET.exec(target) ?? [];
  if (state !== 'done' || endpoint === undefined || !isObject(result)) return [];
  const { id, etag, resource } = result;
  const content = isResource(resource) ? resource : null;
  if (operation === 'transaction') return content ? entriesOf(content, key, endpoint) : [];
  if (type === undefined) return [];
  const resourceId = typeof id === 'string' && ID.test(id) ? id : null;
  const identifier = operation === 'create' ? { system: EFFECT_IDENTIFIER_SYSTEM, value: key } : null;
  if (resourceId === null && identifier === null) return [];
  const version = versionIn(etag) ?? versionOf(content);
  return [{ id: key, endpoint, type, resourceId, version, content, identifier }];
}

/** Of the server's answer to a transaction. */
function entriesOf(bundle: FhirResource, key: string, endpoint: string): readonly Written[] {
  const entries: readonly unknown[] = Array.isArray(bundle['entry']) ? bundle['entry'] : [];
  return entries.slice(0, MOST).flatMap((entry, i): readonly Written[] => {
    if (!isObject(entry) || !isObject(entry['response'])) return [];
    const { location, etag, status } = entry['response'];
    // What was deleted has no place any more.
    if (typeof location !== 'string' || String(status).startsWith('204')) return [];
    const [, type, resourceId, at] = LOCATION.exec(location) ?? [];
    if (type === undefined || resourceId === undefined) return [];
    const content = isResource(entry['resource']) ? entry['resource'] : null;
    const version = versionIn(etag) ?? at ?? versionOf(content);
    return [{ id: `${key}.${i + 1}`, endpoint, type, resourceId, version, content, identifier: null }];
  });
}

export function versionOf(resource: FhirResource | null): string | null {
  const meta = resource?.['meta'];
  return isObject(meta) && typeof meta['versionId'] === 'string' ? meta['versionId'] : null;
}

function versionIn(etag: unknown): string | null {
  return typeof etag === 'string' ? (ETAG.exec(etag)?.[1] ?? null) : null;
}

function isResource(value: unknown): value is FhirResource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
