/** A server that speaks plain HTTP by its logical name. Its address and credentials are bound per environment (`bindings.json`). */
import { identity } from '../kit/checks.ts';
import type { NodeDeclaration } from '../kit/properties.ts';

export interface HttpEndpointProperties {
  readonly name: string;
}

export const httpEndpoint: NodeDeclaration<HttpEndpointProperties> = {
  type: 'wardflow-http-endpoint',
  properties: { name: { value: '', check: identity } },
};
