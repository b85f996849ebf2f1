import { failureOf } from './classify.ts';
import { versionTag } from './create-once.ts';
import type { FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import type { FhirRequest } from './transport.ts';

const TRIES = 4;

/**
 * Read, change, write with If-Match. On a conflict or a lost answer the resource is read again and `change` decides
 * anew: whoever finds its own change already there returns `null`. Nothing is ever overwritten unseen.
 */
export async function updateChecked(
  endpoint: string,
  type: string,
  id: string,
  change: (current: FhirResource) => FhirResource | null,
  send: (request: FhirRequest) => Promise<FhirResult>,
): Promise<FhirResult> {
  let last: FhirResult | undefined;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const read = await send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}` });
    // After a lost write the read only looks: that it fails says nothing about the write.
    if (!read.ok) return last?.ok === false && last.failure.class === 'ambiguous' ? last : read;
    const current = read.answer.resource;
    if (!current) return { ok: false, failure: failureOf(fhirErrors.create('fhir-not-found', { endpoint, type })) };
    const changed = change(current);
    if (changed === null) return read;
    const version = read.answer.etag ?? versionTag(current);
    if (version === null) {
      return { ok: false, failure: failureOf(fhirErrors.create('fhir-no-version', { endpoint, type })) };
    }
    last = await send({
      kind: 'write',
      type,
      method: 'PUT',
      path: `/${type}/${id}`,
      body: { ...changed, resourceType: type, id },
      headers: { 'if-match': version, prefer: 'return=representation' },
    });
    if (last.ok) return last;
    if (last.failure.code !== 'fhir-conflict' && last.failure.class !== 'ambiguous') return last;
  }
  return last ?? { ok: false, failure: failureOf(fhirErrors.create('fhir-conflict', { endpoint, type })) };
}
