import type { FhirResource } from './endpoint.ts';

export interface OurIdentifier {
  readonly system: string;
  readonly value: string;
}

/** R4 types whose `identifier` is one, not a list. */
const SINGLE = new Set(['Bundle', 'Composition', 'QuestionnaireResponse']);
/** R4 types without `identifier` that a flow might try to create. */
const WITHOUT = new Set(['AuditEvent', 'Binary', 'OperationOutcome', 'Parameters']);
/** And those of them that carry it as a tag, which can be searched for by `_tag`. */
const TAGGED = new Set(['Provenance', 'Subscription']);

/** The resource with our identifier added (once); `undefined` where its type has no place for it. */
export function withIdentifier(resource: FhirResource, identifier: OurIdentifier): FhirResource | undefined {
  if (WITHOUT.has(resource.resourceType)) return undefined;
  if (TAGGED.has(resource.resourceType)) return withTag(resource, identifier);
  const ours = { system: identifier.system, value: identifier.value };
  if (SINGLE.has(resource.resourceType)) return { ...resource, identifier: ours };
  const present = Array.isArray(resource['identifier']) ? resource['identifier'] : [];
  return { ...resource, identifier: [...present.filter((entry) => !same(entry, identifier)), ours] };
}

function withTag(resource: FhirResource, { system, value }: OurIdentifier): FhirResource {
  const { tag, ...meta } = metaOf(resource);
  const others = (Array.isArray(tag) ? tag : []).filter((one) => !sameTag(one, { system, value }));
  return { ...resource, meta: { ...meta, tag: [...others, { system, code: value }] } };
}

function metaOf({ meta }: FhirResource): Readonly<Record<string, unknown>> {
  return typeof meta === 'object' && meta !== null ? { ...meta } : {};
}

function carriesIdentifier(resource: FhirResource, identifier: OurIdentifier): boolean {
  if (TAGGED.has(resource.resourceType)) {
    const { tag } = metaOf(resource);
    return Array.isArray(tag) && tag.some((one) => sameTag(one, identifier));
  }
  const present = resource['identifier'];
  return (Array.isArray(present) ? present : [present]).some((entry) => same(entry, identifier));
}

/** `system|value` as a search value, with the escapes of FHIR R4 (3.1.1.4.0.1): backslash before `\\`, `,`, `|` and `$`. */
export function identifierTerm({ system, value }: OurIdentifier): string {
  const escape = (text: string): string => text.replaceAll(/[\\,|$]/g, String.raw`\$&`);
  return `${escape(system)}|${escape(value)}`;
}

/** The query for what carries it. Every character is percent-encoded: a raw `|` is 400 on Tomcat. */
export function identifierQuery(type: string, identifier: OurIdentifier): string {
  return `${TAGGED.has(type) ? '_tag' : 'identifier'}=${encodeURIComponent(identifierTerm(identifier))}`;
}

/** Resources of the type in a search's answer that carry the identifier: a server may search more loosely than asked. */
export function carriersIn(
  bundle: FhirResource | null,
  type: string,
  identifier: OurIdentifier,
): readonly FhirResource[] {
  const entries: unknown = bundle?.['entry'];
  if (!Array.isArray(entries)) return [];
  return entries
    .map((entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'resource' in entry ? entry.resource : null,
    )
    .filter((one): one is FhirResource => isResource(one) && one.resourceType === type)
    .filter((one) => carriesIdentifier(one, identifier));
}

function isResource(value: unknown): value is FhirResource {
  return (
    typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string'
  );
}

function same(entry: unknown, identifier: OurIdentifier): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { system, value } = entry as { system?: unknown; value?: unknown };
  return system === identifier.system && value === identifier.value;
}

function sameTag(entry: unknown, identifier: OurIdentifier): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { system, code } = entry as { system?: unknown; code?: unknown };
  return system === identifier.system && code === identifier.value;
}

/** An identifier that Wardflow gave. */
export function isOurs(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || !('system' in entry)) return false;
  return typeof entry.system === 'string' && entry.system.startsWith('urn:wardflow:');
}
