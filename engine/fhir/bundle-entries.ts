/** Reads the entries of a Bundle that a server sent: what it should hold, and what a server may put there instead. Pure. */
import type { FhirResource } from './endpoint.ts';

export interface BundleEntry {
  readonly resource?: FhirResource;
  readonly request?: { readonly method?: unknown };
  readonly response?: { readonly etag?: unknown; readonly lastModified?: unknown };
}

/** One version, of the history of a resource. */
export interface FhirVersion {
  readonly version: string | null;
  /** Instant, as the server states it. */
  readonly at: string | null;
  readonly deleted: boolean;
  /** `null`: deleted. */
  readonly resource: FhirResource | null;
}

/** A server may send an entry that is no object. */
export function bundleEntries(bundle: FhirResource | null): readonly BundleEntry[] {
  const entries: unknown = bundle?.['entry'];
  return Array.isArray(entries)
    ? entries.filter((entry): entry is BundleEntry => typeof entry === 'object' && entry !== null)
    : [];
}

export function versionIn({ resource, request, response }: BundleEntry): FhirVersion {
  const meta = (resource?.['meta'] ?? {}) as { readonly versionId?: unknown; readonly lastUpdated?: unknown };
  const etag = typeof response?.etag === 'string' ? plainVersion(response.etag) : null;
  const stated = typeof meta.versionId === 'string' ? meta.versionId : etag;
  const time = [meta.lastUpdated, response?.lastModified].find((value) => typeof value === 'string');
  // R4 3.2.0.1.1: a deletion has a request of DELETE and no resource.
  const deleted = request?.method === 'DELETE' || resource === undefined;
  return { version: stated, at: time ?? null, deleted, resource: deleted ? null : resource };
}

/** `W/"3"`, as an ETag says it, is version 3. */
export const plainVersion = (given: string): string => /^(?:W\/)?"([^"]*)"$/.exec(given.trim())?.[1] ?? given.trim();

/** What the server says of how many there are; `more`: it has further pages. */
export function bundleCounts(bundle: FhirResource | null): { readonly total: number | null; readonly more: boolean } {
  const total: unknown = bundle?.['total'];
  const links: unknown = bundle?.['link'];
  const more =
    Array.isArray(links) && links.some((link) => (link as { relation?: unknown } | null)?.relation === 'next');
  return { total: typeof total === 'number' ? total : null, more };
}
