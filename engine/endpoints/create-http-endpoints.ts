import type { HttpEndpointBinding } from '../http/binding.ts';
import { createHttpEndpoint } from '../http/create-endpoint.ts';
import type { HttpEndpoints } from '../http/endpoint.ts';
import { createEndpointSet, type EndpointSet, type EndpointSetOptions } from './endpoint-set.ts';

export type HttpEndpointsOptions = EndpointSetOptions<HttpEndpointBinding>;
export type ClosableHttpEndpoints = HttpEndpoints & Pick<EndpointSet<unknown>, 'reconsider' | 'probe' | 'close'>;

/** Servers that speak plain HTTP. Throws `http-base-invalid`; connections open with the first call. */
export function createHttpEndpoints(options: HttpEndpointsOptions): ClosableHttpEndpoints {
  const { folder, clock, log } = options;
  const set = createEndpointSet('http', options, (name, binding, parts) =>
    createHttpEndpoint({ name, binding, folder, clock, log, ...parts }),
  );
  return {
    ...set,
    get: (name, lane) => (lane === undefined ? set.get(name) : set.get(name).inLane(lane)),
  };
}
