import type { Clock } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { createDispatch, type DispatchOptions } from '../endpoints/dispatch.ts';
import { createHealth, verdictOf } from '../endpoints/health.ts';
import { resolveBinding, type FhirBinding } from './binding.ts';
import { failureOf } from './classify.ts';
import { createOnce } from './create-once.ts';
import type { FhirEndpoint, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { searchPages } from './search-pages.ts';
import { createTransport, type FhirRequest } from './transport.ts';
import { updateChecked } from './update-checked.ts';

/** FHIR R4 2.1.0.1: resource types are UpperCamelCase names; 2.24.0.1: ids are 1 to 64 of these characters. */
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;
const DEFAULT_PAGES = 10;

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
  inLane(lane: Lane): FhirEndpoint;
  /** An operator's stop of it has ended. */
  resumed(): void;
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
  const transport = createTransport({ binding, folder, clock, log, dispatch, onResult });

  /** One call: all its requests share a deadline. */
  const call = async (
    lane: Lane,
    work: (send: (request: FhirRequest) => Promise<FhirResult>) => Promise<FhirResult>,
  ): Promise<FhirResult> => {
    const deadline = transport.deadline();
    try {
      return await work((request) => transport.send(request, deadline.signal, lane));
    } finally {
      deadline.end();
    }
  };
  const checked = (type: string, id?: string): Failure | undefined => {
    const wrong = (error: WardflowError): Failure => failureOf(error);
    if (!TYPE.test(type)) return wrong(fhirErrors.create('fhir-type-invalid'));
    // `.` and `..` match the characters and would climb out of the path.
    if (id !== undefined && (!ID.test(id) || /^\.+$/.test(id)))
      return wrong(fhirErrors.create('fhir-id-invalid', { type }));
    return undefined;
  };

  const inLane = (lane: Lane): FhirEndpoint => ({
    name,
    async read(type, id) {
      const failure = checked(type, id);
      if (failure) return { ok: false, failure };
      return call(lane, (send) => send({ kind: 'read', type, method: 'GET', path: `/${type}/${id}` }));
    },
    async search(type, params, maxPages = DEFAULT_PAGES) {
      const failure = checked(type);
      if (failure) return { ok: false, failure };
      const query = new URLSearchParams(params).toString();
      const path = query === '' ? `/${type}` : `/${type}?${query}`;
      return call(lane, (send) =>
        searchPages(binding, type, path, maxPages, (page) => send({ kind: 'read', type, method: 'GET', path: page })),
      );
    },
    async createOnce(resource, identifier, { lookFirst = false } = {}) {
      const failure = checked(resource.resourceType);
      if (failure) return { ok: false, failure };
      return call(lane, (send) => createOnce(name, resource, identifier, lookFirst, send));
    },
    async update(type, id, change) {
      const failure = checked(type, id);
      if (failure) return { ok: false, failure };
      return call(lane, (send) => updateChecked(name, type, id, change, send));
    },
    health: () => ({ name, kind: 'fhir', ...health.view(), ...dispatch.view() }),
  });

  return {
    ...inLane('routine'),
    inLane,
    resumed: () => dispatch.resumed(),
    close: () => transport.close(),
  };
}
