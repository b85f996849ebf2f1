import type { FhirResource, FhirResult } from './endpoint.ts';
import { carriersIn, identifierQuery, type OurIdentifier } from './identifier.ts';
import type { FhirRequest } from './transport.ts';
import { versionTag } from './version-tag.ts';

/** One request of a call, with its deadline and lane. */
export type Send = (request: FhirRequest) => Promise<FhirResult>;

/** The resource that carries the identifier, the oldest where a server let several in; or why it cannot be said. */
export async function lookUp(type: string, identifier: OurIdentifier, send: Send): Promise<FhirResult | 'none'> {
  const result = await send({
    kind: 'read',
    type,
    method: 'GET',
    path: `/${type}?${identifierQuery(type, identifier)}`,
  });
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

function updatedAt(resource: FhirResource): string {
  const meta = resource['meta'];
  if (typeof meta !== 'object' || meta === null || !('lastUpdated' in meta)) return '';
  return typeof meta.lastUpdated === 'string' ? meta.lastUpdated : '';
}
