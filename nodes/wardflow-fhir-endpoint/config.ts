/** A FHIR server by its logical name. Its address and credentials are bound per environment (`bindings.json`). */
import { identity } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface FhirEndpointProperties {
  readonly name: string;
}

export const fhirEndpoint: NodeDeclaration<FhirEndpointProperties> = {
  type: 'wardflow-fhir-endpoint',
  properties: { name: { value: 'ehr', check: identity } },
};
