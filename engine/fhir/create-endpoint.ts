import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { createDispatch, type DispatchOptions } from '../endpoints/dispatch.ts';
import { createHealth, verdictOf } from '../endpoints/health.ts';
import { resolveBinding, type FhirBinding } from './binding.ts';
import { keptCapabilities } from './capabilities.ts';
import { createOnce } from './create-once.ts';
import type { AskedFor, FhirEndpoint, WriteOrigin } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { wrongPart } from './names.ts';
import { PROVENANCE_IDENTIFIER_SYSTEM, provenanceOf, type Follow } from './provenance.ts';
import { askCapabilities, readingCalls } from './reading-calls.ts';
import { createTransport } from './transport.ts';
import { writingCalls } from './writing-calls.ts';

export interface FhirEndpointOptions {
  readonly name: string;
  readonly binding: FhirBinding;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
  /** What of the way to it is for every kind of endpoint: endpoints/dispatch.ts. */
  readonly dispatch: Pick<DispatchOptions, 'random' | 'held' | 'onReady' | 'limits'>;
}

export interface ClosableFhirEndpoint extends FhirEndpoint {
  /** The same, whose calls wait for a place in the lane. */
  inLane(lane: Lane, how?: AskedFor): FhirEndpoint;
  /** An operator's stop of it has ended. */
  resumed(): void;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Throws `endpoint-base-invalid`; every other problem is an answer. */
export function createFhirEndpoint(options: FhirEndpointOptions): ClosableFhirEndpoint {
  const { name, folder, clock, log, onChange } = options;
  const binding = resolveBinding(name, options.binding);
  const health = createHealth({ kind: 'fhir', clock, onChange });
  const { concurrency } = binding;
  const dispatch = createDispatch({
    ...options.dispatch,
    name,
    clock,
    concurrency,
    verdictOf: verdictOf('fhir'),
    onChange,
  });
  const onResult = (failure: Failure | null): void => health.note(failure);
  const transport = createTransport({
    binding,
    folder,
    clock,
    log,
    dispatch,
    onResult,
    random: options.dispatch.random,
  });

  const exchange = (lane: Lane): Exchange => ({
    binding,
    async call(parts, work) {
      const failure = wrongPart(parts);
      if (failure) return { ok: false, failure };
      const deadline = transport.deadline();
      try {
        return await work((request) => transport.send(request, deadline.signal, lane));
      } finally {
        deadline.end();
      }
    },
  });
  /** A Provenance after each write, where the binding asks for it; that it cannot be made fails no write. */
  const following = (lane: Lane, origin: WriteOrigin | undefined): Follow => {
    if (!binding.provenance || !origin) return (result) => Promise.resolve(result);
    return async (result, activity) => {
      if (!result.ok || (result.answer.unchanged && !origin.maybeDone)) return result;
      const made = provenanceOf(origin, result.answer, activity, clock.now());
      if (!made) return result;
      const identifier = { system: PROVENANCE_IDENTIFIER_SYSTEM, value: origin.key };
      const told = await exchange(lane).call({ type: 'Provenance' }, (send) =>
        createOnce(name, made, identifier, origin.maybeDone === true, send),
      );
      if (!told.ok) log.warn('a write is without its Provenance', { endpoint: name, code: told.failure.code });
      return result;
    };
  };
  const capabilities = keptCapabilities(clock, () => askCapabilities(exchange('routine')));
  const inLane = (lane: Lane, { sends, origin }: AskedFor = {}): FhirEndpoint => ({
    name,
    writes: { allow: binding.allow, provenance: binding.provenance },
    ...readingCalls(exchange(lane)),
    ...writingCalls(exchange(lane), { sends, allow: binding.allow }, following(lane, origin)),
    capabilities,
    health: () => ({ name, kind: 'fhir', ...health.view(), ...dispatch.view() }),
  });

  return {
    ...inLane('routine'),
    inLane,
    resumed: () => dispatch.resumed(),
    // Of a resource that nobody has: any answer is one, and it is short, which a capability statement is not.
    async probe() {
      await inLane('bulk').read('Basic', 'wardflow-probe');
    },
    close: () => transport.close(),
  };
}
