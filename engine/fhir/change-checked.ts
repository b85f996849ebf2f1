import { failureOf } from './classify.ts';
import type { FhirResource, FhirResult, JsonPatchStep } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { withNumbersOf } from './exact-numbers.ts';
import type { Send } from './look-up.ts';
import { isSame, minimise, withRemoved, type Minimised, type SendLists } from './minimise/minimise.ts';
import { minimisePatch } from './minimise/minimise-patch.ts';
import type { FhirRequest } from './transport.ts';
import { versionTag } from './version-tag.ts';

const TRIES = 4;

/** What changes a resource, without If-Match; `null`: nothing to do. */
export type Change = (current: FhirResource) => Minimised<Pick<FhirRequest, 'method' | 'body' | 'headers'> | null>;

/**
 * Read, change, write with If-Match. On a conflict or a lost answer the resource is read again and `change` decides
 * anew: whoever finds its own change already there returns `null`. Nothing is ever overwritten unseen.
 */
export async function changeChecked(
  endpoint: string,
  type: string,
  id: string,
  change: Change,
  send: Send,
): Promise<FhirResult> {
  const path = `/${type}/${id}`;
  let last: FhirResult | undefined;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const read = await send({ kind: 'read', type, method: 'GET', path, toChange: true });
    // After a lost write the read only looks: that it fails says nothing about the write.
    if (!read.ok) return last?.ok === false && last.failure.class === 'ambiguous' ? last : read;
    const current = read.answer.resource;
    if (!current) return { ok: false, failure: failureOf(fhirErrors.create('fhir-not-found', { endpoint, type })) };
    const changed = change(current);
    if (changed.kind === 'refused') return { ok: false, failure: changed.failure };
    if (changed.value === null)
      return withRemoved({ ok: true, answer: { ...read.answer, unchanged: true } }, changed.removed);
    const version = read.answer.etag ?? versionTag(current);
    if (version === null) {
      return { ok: false, failure: failureOf(fhirErrors.create('fhir-no-version', { endpoint, type })) };
    }
    const headers = { ...changed.value.headers, 'if-match': version, prefer: 'return=representation' };
    last = await send({ ...changed.value, kind: 'write', type, path, headers });
    if (last.ok) return withRemoved(last, changed.removed);
    if (last.failure.code !== 'fhir-conflict' && last.failure.class !== 'ambiguous') return last;
  }
  return last ?? { ok: false, failure: failureOf(fhirErrors.create('fhir-conflict', { endpoint, type })) };
}

/** The whole resource, changed. */
export function replacing(
  type: string,
  id: string,
  change: (current: FhirResource) => FhirResource | null,
  lists: SendLists,
): Change {
  return (current) => {
    const changed = change(current);
    if (changed === null) return NOTHING;
    const less = minimise({ ...changed, resourceType: type, id }, lists, current);
    if (less.kind === 'refused') return less;
    // Nothing of the change may be sent.
    if (less.removed.length > 0 && isSame(less.value, current)) return { ...less, value: null };
    return { ...less, value: { method: 'PUT', body: withNumbersOf(current, less.value) } };
  };
}

/** Steps of a JSON Patch (R4 3.1.0.6); none is nothing to do. */
export function patching(
  type: string,
  make: (current: FhirResource) => readonly JsonPatchStep[] | null,
  lists: SendLists,
): Change {
  const headers = { 'content-type': 'application/json-patch+json' };
  return (current) => {
    const less = minimisePatch(type, make(current) ?? [], lists);
    if (less.kind === 'refused') return less;
    return { ...less, value: less.value.length === 0 ? null : { method: 'PATCH', body: less.value, headers } };
  };
}

const NOTHING = { kind: 'minimised', value: null, removed: [] } as const;
