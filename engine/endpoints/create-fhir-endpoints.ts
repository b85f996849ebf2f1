import type { Clock, Millis } from '../base/clock.ts';
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
  /** Numbers in [0, 1); default `Math.random`. */
  readonly random?: () => number;
  /** An operator's stop of the endpoint that is in force. */
  readonly held?: (name: string) => { readonly until: Millis | null } | undefined;
  /** So many that wait for the endpoint may come now. */
  readonly onReady?: (name: string, places: number) => void;
}

export interface ClosableFhirEndpoints extends FhirEndpoints {
  /** Stops by operators have changed: what waits for an endpoint that goes on is told. */
  reconsider(): void;
  /** Cuts what is in flight: call it after draining. */
  close(): Promise<void>;
}

/** Checks every bound endpoint at once (throws `endpoint-base-invalid`); connections open with the first call. */
export function createFhirEndpoints(options: FhirEndpointsOptions): ClosableFhirEndpoints {
  const { bindings, folder, clock, log, live } = options;
  const endpoints = new Map<string, ClosableFhirEndpoint>();
  for (const [name, binding] of Object.entries(bindings)) {
    const onChange = (): void => live.publish({ kind: 'endpoint', name });
    const dispatch = {
      random: options.random ?? Math.random,
      held: () => options.held?.(name),
      onReady: (places: number) => options.onReady?.(name, places),
    };
    endpoints.set(name, createFhirEndpoint({ name, binding, folder, clock, log, onChange, dispatch }));
  }
  let held = heldNow();
  function heldNow(): ReadonlySet<string> {
    return new Set([...endpoints.keys()].filter((name) => options.held?.(name) !== undefined));
  }
  return {
    get(name, lane) {
      const found = endpoints.get(name);
      if (!found) throw fhirErrors.create('endpoint-unbound', { endpoint: name });
      return lane === undefined ? found : found.inLane(lane);
    },
    health: () => [...endpoints.values()].map((endpoint) => endpoint.health()),
    reconsider() {
      const before = held;
      held = heldNow();
      for (const name of before) if (!held.has(name)) endpoints.get(name)?.resumed();
    },
    async close() {
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
    },
  };
}
