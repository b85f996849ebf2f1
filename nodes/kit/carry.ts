import type { WardflowMessage } from '../../runtime/services.ts';
import { nodeErrors } from './errors.ts';
import type { Place } from './failure.ts';
import { asPart } from './part.ts';

/** Larger things belong on the FHIR server, with a reference to them carried. */
export const MOST_CARRIED = 64 * 1024;

/** Properties that are made anew for each item, whatever was carried. */
const OWN = new Set(['payload', 'wardflow', '_msgid', 'req', 'res']);

export const isOwn = (name: string): boolean => OWN.has(name);

/** The named properties of a message as plain JSON, for work that goes on later; absent ones are left out. */
export function carried(
  names: readonly string[],
  msg: WardflowMessage,
  place: Place,
): Readonly<Record<string, unknown>> {
  const picked = names.filter((name) => !OWN.has(name) && msg[name] !== undefined);
  const text = JSON.stringify(Object.fromEntries(picked.map((name) => [name, msg[name]])));
  if (Buffer.byteLength(text) > MOST_CARRIED) {
    throw nodeErrors.create('value-too-large', { field: 'carry', node: place.name, limit: MOST_CARRIED });
  }
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** What was carried, as it comes out of the store: never what a node sets itself. */
export function restored(data: unknown): Readonly<Record<string, unknown>> {
  const { carry, part: saved } = (data ?? {}) as { readonly carry?: unknown; readonly part?: unknown };
  const part = asPart(saved);
  if (typeof carry !== 'object' || carry === null) return part ? { part } : {};
  const properties = Object.fromEntries(Object.entries(carry).filter(([name]) => !OWN.has(name)));
  return { ...properties, ...(part && { part }) };
}
