import type { FhirBinding } from '../fhir/binding.ts';
import { createFhirEndpoint } from '../fhir/create-endpoint.ts';
import type { FhirEndpoints } from '../fhir/endpoint.ts';
import { createEndpointSet, type EndpointSet, type EndpointSetOptions } from './endpoint-set.ts';

export type FhirEndpointsOptions = EndpointSetOptions<FhirBinding>;
export type ClosableFhirEndpoints = FhirEndpoints & Pick<EndpointSet<unknown>, 'reconsider' | 'probe' | 'close'>;

/** Checks every bound endpoint at once (throws `endpoint-base-invalid`); connections open with the first call. */
export function createFhirEndpoints(options: FhirEndpointsOptions): ClosableFhirEndpoints {
  const { folder, clock, log } = options;
  const set = createEndpointSet('fhir', options, (name, binding, parts) =>
    createFhirEndpoint({ name, binding, folder, clock, log, ...parts }),
  );
  return {
    ...set,
    get: (name, lane = 'routine', how = {}) => set.get(name).inLane(lane, how),
  };
}
