import { failureOf } from './classify.ts';
import type { FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { carriersIn, identifierQuery, withIdentifier, type OurIdentifier } from './identifier.ts';
import type { FhirRequest } from './transport.ts';

type Send = (request: FhirRequest) => Promise<FhirResult>;

/**
 * Conditional create (FHIR R4 3.1.0.8.1) on our identifier. After a lost answer, 409 or 412 the server is asked for the
 * identifier: of simultaneous creates HAPI answers some with 409 although one resource exists.
 */
export async function createOnce(
  endpoint: string,
  resource: FhirResource,
  identifier: OurIdentifier,
  lookFirst: boolean,
  send: Send,
): Promise<FhirResult> {
  const type = resource.resourceType;
  const ours = withIdentifier(resource, identifier);
  if (!ours) return { ok: false, failure: failureOf(fhirErrors.create('fhir-no-identifier', { type })) };
  const query = identifierQuery(identifier);
  if (lookFirst) {
    const looked = await lookUp(type, query, identifier, send);
    if (looked !== 'none') return looked;
  }
  const written = await send({
    kind: 'write',
    type,
    method: 'POST',
    path: `/${type}`,
    body: ours,
    headers: { 'if-none-exist': query, prefer: 'return=representation' },
  });
  if (written.ok) {
    if (written.answer.resource?.resourceType === type) return written;
    const read = await readBack(type, written.answer.location, send);
    if (read?.ok) return { ok: true, answer: { ...read.answer, status: written.answer.status } };
    const kept = await lookUp(type, query, identifier, send);
    return kept !== 'none' && kept.ok ? kept : lost(endpoint);
  }
  const { failure } = written;
  if (failure.class !== 'ambiguous' && failure.code !== 'fhir-conflict') return written;
  const found = await lookUp(type, query, identifier, send);
  if (found !== 'none' && found.ok) return found;
  if (failure.class === 'ambiguous') return written;
  // The conflict says that it exists, the search does not say so: a server that indexes late is right a moment later.
  return { ok: false, failure: failureOf(fhirErrors.create('fhir-not-yet-found', { endpoint, type })) };
}

function lost(endpoint: string): FhirResult {
  return { ok: false, failure: failureOf(fhirErrors.create('fhir-answer-lost', { endpoint, cause: 'no resource' })) };
}

/** The resource that carries the identifier, the oldest where a server let several in; or why it cannot be said. */
async function lookUp(
  type: string,
  query: string,
  identifier: OurIdentifier,
  send: Send,
): Promise<FhirResult | 'none'> {
  const result = await send({ kind: 'read', type, method: 'GET', path: `/${type}?${query}` });
  if (!result.ok) return result;
  const found = carriersIn(result.answer.resource, type, identifier).toSorted(
    (a, b) => updatedAt(a).localeCompare(updatedAt(b)) || (a.id ?? '').localeCompare(b.id ?? ''),
  )[0];
  return found
    ? {
        ok: true,
        answer: { status: 200, resource: found, etag: versionTag(found), location: `${type}/${found.id ?? ''}` },
      }
    : 'none';
}

async function readBack(type: string, location: string | null, send: Send): Promise<FhirResult | undefined> {
  const id = new RegExp(String.raw`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})(?:/_history/|$)`).exec(location ?? '')?.[1];
  return id === undefined ? undefined : send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}` });
}

function updatedAt(resource: FhirResource): string {
  const meta = resource['meta'];
  if (typeof meta !== 'object' || meta === null || !('lastUpdated' in meta)) return '';
  return typeof meta.lastUpdated === 'string' ? meta.lastUpdated : '';
}

/** `W/"<meta.versionId>"`; `null` where the resource names no version. */
export function versionTag(resource: FhirResource): string | null {
  const meta = resource['meta'];
  if (typeof meta !== 'object' || meta === null || !('versionId' in meta)) return null;
  return typeof meta.versionId === 'string' ? `W/"${meta.versionId}"` : null;
}
