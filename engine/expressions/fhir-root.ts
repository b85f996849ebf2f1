/** What FHIRPath is read over in a message: what was read from a server or written to it last, or else the payload. */
import type { FhirResource } from '../fhir/endpoint.ts';

/** `undefined`: the message carries no FHIR resource. */
export function fhirRoot(msg: { readonly [property: string]: unknown }): FhirResource | undefined {
  const { resource } = (msg['fhir'] ?? {}) as { readonly resource?: unknown };
  return [resource, msg['payload']].find(isResource);
}

function isResource(value: unknown): value is FhirResource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resourceType' in value &&
    typeof value.resourceType === 'string' &&
    value.resourceType !== ''
  );
}
