/** The endpoints of one kind: each by its name, all told when operators' stops change. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import type { DispatchOptions } from './dispatch.ts';
import type { EndpointHealth } from './endpoint-health.ts';
import { endpointErrors } from './errors.ts';

export interface EndpointSetOptions<Binding> {
  /** `endpoints` of bindings.json of this kind, placeholders filled in. */
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Endpoints whose entry cannot be used, with what is wrong: whoever asks for one is told. */
  readonly leftOut?: ReadonlyMap<string, string>;
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

/** One of them, as the set needs it. */
export interface EndpointOfSet {
  health(): EndpointHealth;
  /** An operator's stop of it has ended. */
  resumed(): void;
  /** Asks whether it is there, without doing anything; its health tells. Never rejects. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

export interface EndpointSet<E> {
  /** @throws WardflowError `endpoint-unbound`, `endpoint-left-out` */
  get(name: string): E;
  health(): readonly EndpointHealth[];
  /** Stops by operators have changed: what waits for an endpoint that goes on is told. */
  reconsider(): void;
  /** As its endpoint's; nothing where there is none of the name. */
  probe(name: string): Promise<void>;
  /** Cuts what is in flight: call it after draining. */
  close(): Promise<void>;
}

/** What each endpoint is made with, whatever its kind. */
export interface EndpointParts {
  readonly onChange: () => void;
  readonly dispatch: Pick<DispatchOptions, 'random' | 'held' | 'onReady'>;
}

const KINDS: Readonly<Record<EndpointHealth['kind'], string>> = { fhir: 'FHIR', mllp: 'HL7', http: 'HTTP' };

export function createEndpointSet<Binding, E extends EndpointOfSet>(
  kind: EndpointHealth['kind'],
  options: EndpointSetOptions<Binding>,
  make: (name: string, binding: Binding, parts: EndpointParts) => E,
): EndpointSet<E> {
  const { live } = options;
  const endpoints = new Map<string, E>();
  for (const [name, binding] of Object.entries(options.bindings)) {
    const onChange = (): void => live.publish({ kind: 'endpoint', name });
    const dispatch = {
      random: options.random ?? Math.random,
      held: () => options.held?.(name),
      onReady: (places: number) => options.onReady?.(name, places),
    };
    endpoints.set(name, make(name, binding, { onChange, dispatch }));
  }
  let held = heldNow();
  function heldNow(): ReadonlySet<string> {
    return new Set([...endpoints.keys()].filter((name) => options.held?.(name) !== undefined));
  }
  return {
    get(name) {
      const found = endpoints.get(name);
      const problems = found ? undefined : options.leftOut?.get(name);
      if (problems !== undefined) throw endpointErrors.create('endpoint-left-out', { endpoint: name, problems });
      if (!found) throw endpointErrors.create('endpoint-unbound', { endpoint: name, kind, called: KINDS[kind] });
      return found;
    },
    health: () => [...endpoints.values()].map((endpoint) => endpoint.health()),
    reconsider() {
      const before = held;
      held = heldNow();
      for (const name of before) if (!held.has(name)) endpoints.get(name)?.resumed();
    },
    probe: async (name) => endpoints.get(name)?.probe(),
    async close() {
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
    },
  };
}
