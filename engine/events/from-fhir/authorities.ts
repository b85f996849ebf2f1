/**
 * The assigning authority (CX.4) that a `system` of FHIR identifiers stands for: what the conversion of HL7 to FHIR makes of
 * authorities, backwards, so that both sides name a patient alike. Pure.
 */
import type { CodeMap } from '../to-fhir/code-map.ts';

/** Of the code map `identifier-systems`; of two names for one system the first counts. */
export function authoritiesIn(map: CodeMap | undefined): Readonly<Record<string, string>> {
  const bySystem = new Map<string, string>();
  for (const { from, to } of map?.file.rows ?? []) if (to !== null && !bySystem.has(to)) bySystem.set(to, from);
  return Object.fromEntries(bySystem);
}

/** What no row names: `urn:id:` is made of the name itself, an OID or a UUID is the universal id of an authority without one. */
export function authorityOf(authorities: Readonly<Record<string, string>>, system: string): string {
  if (Object.hasOwn(authorities, system)) return authorities[system] ?? system;
  const [, scheme, rest = ''] = /^urn:(id|oid|uuid):(.+)$/s.exec(system) ?? [];
  if (scheme === undefined) return system;
  return scheme === 'id' ? named(rest) : rest;
}

function named(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
