import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { FhirBinding } from '../fhir/binding.ts';
import { createFhirEndpoint, type ClosableFhirEndpoint } from '../fhir/create-endpoint.ts';
import type { FhirEndpoints } from '../fhir/endpoint.ts';
import { fhirErrors } from '../fhir/errors.ts';

export interface FhirEndpointsOptions {
  /** `endpoints` of bindings.json, placeholders filled in. */
  readonly bindings: Readonly<Record<string, FhirBinding>>;
  /** Data folder of this environment. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
}

export interface ClosableFhirEndpoints extends FhirEndpoints {
  /** Cuts what is in flight: call it after draining. */
  close(): Promise<void>;
}

/** Checks every bound endpoint at once (throws `endpoint-base-invalid`); connections open with the first call. */
export function createFhirEndpoints(options: FhirEndpointsOptions): ClosableFhirEndpoints {
  const { bindings, folder, clock, log, live } = options;
  const endpoints = new Map<string, ClosableFhirEndpoint>();
  for (const [name, binding] of Object.entries(bindings)) {
    const onChange = (): void => live.publish({ kind: 'endpoint', name });
    endpoints.set(name, createFhirEndpoint({ name, binding, folder, clock, log, onChange }));
  }
  return {
    get(name) {
      const found = endpoints.get(name);
      if (!found) throw fhirErrors.create('endpoint-unbound', { endpoint: name });
      return found;
    },
    health: () => [...endpoints.values()].map((endpoint) => endpoint.health()),
    async close() {
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
    },
  };
}
