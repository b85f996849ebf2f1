/** Parts of FHIR JSON from somebody else, taken for nothing that they are not. Pure. */
import type { Millis } from '../../base/clock.ts';
import type { FhirResource } from '../endpoint.ts';
import { instantOf } from '../instant.ts';
import { underBase } from '../binding.ts';

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export function isResource(value: unknown): value is FhirResource {
  return textOf(recordOf(value)['resourceType']) !== null;
}

export interface Meta {
  readonly versionId: string | null;
  readonly lastUpdated: Millis | null;
}

export function metaOf(resource: FhirResource): Meta {
  const { versionId, lastUpdated } = recordOf(resource['meta']);
  const version = textOf(versionId);
  return {
    versionId: version !== null && /^[A-Za-z0-9.-]{1,64}$/.test(version) ? version : null,
    lastUpdated: instantOf(lastUpdated),
  };
}

/** Versions that are numbers have an order; others have none. */
export const numbered = (versionId: string | null): number | null =>
  versionId !== null && /^\d{1,15}$/.test(versionId) ? Number(versionId) : null;

export interface Reference {
  readonly type: string;
  readonly id: string;
}

const RELATIVE = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/;

/** A reference below the server's base, absolute or relative; `undefined`: it is none, or leads elsewhere. */
export function referenceIn(
  given: string,
  base: string,
): (Reference & { readonly versionId: string | null }) | undefined {
  let relative = given;
  if (/^[a-z][a-z0-9+.-]*:/i.test(given)) {
    const url = underBase(base, given);
    if (!url) return undefined;
    relative = `${url.origin}${url.pathname}`.slice(base.length + 1);
  }
  const [, type, id, versionId] = RELATIVE.exec(relative) ?? [];
  return type !== undefined && id !== undefined ? { type, id, versionId: versionId ?? null } : undefined;
}

/** integer64 is a string in JSON (R5), an event number in the R4 backport as well, and HAPI sends numbers. */
export function countOf(value: unknown): number | null {
  const number = typeof value === 'number' ? value : /^\d{1,15}$/.test(textOf(value) ?? '') ? Number(value) : NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
