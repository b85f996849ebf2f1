import type { Millis } from '../base/clock.ts';

/** A FHIR instant (R4 2.24.0.1) of somebody else; `null`: it is none. What Date alone reads goes beyond what it can write. */
export function instantOf(value: unknown): Millis | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
