/** From what the expression gave to what is written. Pure. */
import type { FhirResource } from '../../engine/index.ts';

/** The resource to create; `undefined` when the expression gave another type. */
export function toCreate(type: string, given: Readonly<Record<string, unknown>>): FhirResource | undefined {
  const stated = given['resourceType'];
  if (stated !== undefined && stated !== type) return undefined;
  // An id belongs to the server (FHIR R4 3.1.0.8): it would be ignored, so it is not sent.
  const { id: _id, resourceType: _type, ...elements } = given;
  return { resourceType: type, ...withoutNull(elements) };
}

/** The current resource with the elements given; `null` elements are removed; `null` when that changes nothing. */
export function changed(current: FhirResource, given: Readonly<Record<string, unknown>>): FhirResource | null {
  const { id: _id, resourceType: _type, meta: _meta, ...elements } = given;
  const next: Record<string, unknown> = { ...current };
  let different = false;
  for (const [name, value] of Object.entries(elements)) {
    if (value === null) {
      different ||= name in next;
      delete next[name];
    } else if (!same(next[name], value)) {
      different = true;
      next[name] = value;
    }
  }
  return different ? (next as FhirResource) : null;
}

function withoutNull(elements: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(elements).filter(([, value]) => value !== null));
}

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]));
}
