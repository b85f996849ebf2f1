import type { FhirResource } from './endpoint.ts';

/** `W/"<meta.versionId>"`; `null` where the resource names no version. */
export function versionTag(resource: FhirResource): string | null {
  const meta = resource['meta'];
  if (typeof meta !== 'object' || meta === null || !('versionId' in meta)) return null;
  return typeof meta.versionId === 'string' ? `W/"${meta.versionId}"` : null;
}
