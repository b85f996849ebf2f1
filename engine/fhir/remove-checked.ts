import type { FhirResult } from './endpoint.ts';
import type { Send } from './look-up.ts';

/** DELETE (R4 3.1.0.7). That it is not there is what was wanted; after a lost answer it is asked for. */
export async function removeChecked(
  type: string,
  id: string,
  version: string | undefined,
  send: Send,
): Promise<FhirResult> {
  const path = `/${type}/${id}`;
  const headers: Record<string, string> = version === undefined ? {} : { 'if-match': `W/"${version}"` };
  const removed = await send({ kind: 'write', type, method: 'DELETE', path, headers, ofInstance: true });
  if (removed.ok || isAbsent(removed)) return ABSENT;
  if (removed.failure.class !== 'ambiguous') return removed;
  const read = await send({ kind: 'read', type, method: 'GET', path });
  return isAbsent(read) ? ABSENT : removed;
}

const ABSENT: FhirResult = { ok: true, answer: { status: 204, resource: null, etag: null, location: null } };

const isAbsent = (result: FhirResult): boolean =>
  !result.ok && (result.failure.code === 'fhir-not-found' || result.failure.code === 'fhir-gone');
