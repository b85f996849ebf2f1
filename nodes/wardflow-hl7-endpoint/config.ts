/** A receiver of HL7 messages by its logical name. Its address and certificates are bound per environment (`bindings.json`). */
import { identity } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface Hl7EndpointProperties {
  readonly name: string;
}

export const hl7Endpoint: NodeDeclaration<Hl7EndpointProperties> = {
  type: 'wardflow-hl7-endpoint',
  properties: { name: { value: '', check: identity } },
};
