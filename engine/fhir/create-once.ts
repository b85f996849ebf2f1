import { failureOf } from './classify.ts';
import type { FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { identifierQuery, withIdentifier, type OurIdentifier } from './identifier.ts';
import { lookUp, type Send } from './look-up.ts';

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
  const query = identifierQuery(type, identifier);
  if (lookFirst) {
    const looked = await lookUp(type, identifier, send);
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
    const kept = await lookUp(type, identifier, send);
    return kept !== 'none' && kept.ok ? kept : lost(endpoint);
  }
  const { failure } = written;
  if (failure.class !== 'ambiguous' && failure.code !== 'fhir-conflict') return written;
  const found = await lookUp(type, identifier, send);
  if (found !== 'none' && found.ok) return found;
  if (failure.class === 'ambiguous') return written;
  // The conflict says that it exists, the search does not say so: a server that indexes late is right a moment later.
  return { ok: false, failure: failureOf(fhirErrors.create('fhir-not-yet-found', { endpoint, type })) };
}

function lost(endpoint: string): FhirResult {
  return { ok: false, failure: failureOf(fhirErrors.create('fhir-answer-lost', { endpoint, cause: 'no resource' })) };
}

async function readBack(type: string, location: string | null, send: Send): Promise<FhirResult | undefined> {
  const id = new RegExp(String.raw`(?:^|/)${type}/([A-Za-z0-9.-]{1,64})(?:/_history/|$)`).exec(location ?? '')?.[1];
  return id === undefined ? undefined : send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}` });
}
