import type { FhirResource } from './endpoint.ts';

export interface OurIdentifier {
  readonly system: string;
  readonly value: string;
}

/** R4 types whose `identifier` is one, not a list. */
const SINGLE = new Set(['Bundle', 'Composition', 'QuestionnaireResponse']);
/** R4 types without `identifier` that a flow might try to create. */
const WITHOUT = new Set(['AuditEvent', 'Binary', 'OperationOutcome', 'Parameters', 'Provenance']);

/** The resource with our identifier added (once); `undefined` where its type has no place for it. */
export function withIdentifier(resource: FhirResource, identifier: OurIdentifier): FhirResource | undefined {
  if (WITHOUT.has(resource.resourceType)) return undefined;
  const ours = { system: identifier.system, value: identifier.value };
  if (SINGLE.has(resource.resourceType)) return { ...resource, identifier: ours };
  const present = Array.isArray(resource['identifier']) ? resource['identifier'] : [];
  return { ...resource, identifier: [...present.filter((entry) => !same(entry, identifier)), ours] };
}

export function carriesIdentifier(resource: FhirResource, identifier: OurIdentifier): boolean {
  const present = resource['identifier'];
  return (Array.isArray(present) ? present : [present]).some((entry) => same(entry, identifier));
}

/**
 * `identifier=system|value` as a query. Every character is percent-encoded (a raw `|` is 400 on Tomcat), after the
 * search escapes of FHIR R4 (3.1.1.4.0.1): backslash before `\`, `,`, `|` and `$`.
 */
export function identifierQuery({ system, value }: OurIdentifier): string {
  const escape = (text: string): string => text.replaceAll(/[\\,|$]/g, String.raw`\$&`);
  return `identifier=${encodeURIComponent(`${escape(system)}|${escape(value)}`)}`;
}

function same(entry: unknown, identifier: OurIdentifier): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { system, value } = entry as { system?: unknown; value?: unknown };
  return system === identifier.system && value === identifier.value;
}
