import type { MllpEndpointBinding } from '../config/bindings.ts';
import { createHl7Endpoint } from '../mllp/create-endpoint.ts';
import type { Hl7Endpoints } from '../mllp/endpoint.ts';
import { createEndpointSet, type EndpointSet, type EndpointSetOptions } from './endpoint-set.ts';

export type Hl7EndpointsOptions = EndpointSetOptions<MllpEndpointBinding>;
export type ClosableHl7Endpoints = Hl7Endpoints & Pick<EndpointSet<unknown>, 'reconsider' | 'probe' | 'close'>;

/** Receivers over MLLP; connections open with the first message. */
export function createHl7Endpoints(options: Hl7EndpointsOptions): ClosableHl7Endpoints {
  const { folder, clock, log } = options;
  const set = createEndpointSet('mllp', options, (name, binding, parts) =>
    createHl7Endpoint({ name, binding, folder, clock, log, ...parts }),
  );
  return {
    ...set,
    get: (name, lane) => (lane === undefined ? set.get(name) : set.get(name).inLane(lane)),
  };
}
