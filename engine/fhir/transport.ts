import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import { isTooDeep } from '../base/json-depth.ts';
import type { Log } from '../base/log.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { classify, failureOf, logFailure, notFhir, tooDeep, type Intention } from './classify.ts';
import type { ResolvedBinding } from './binding.ts';
import { openClient, reading } from './open-client.ts';
import { shortWait, SHORT_WAITS } from './short-wait.ts';
import { createCredentials, withCredentials } from './credentials.ts';
import type { FhirAnswer, FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { rememberNumbers } from './exact-numbers.ts';
import { clockSignal } from '../endpoints/clock-signal.ts';
import type { EndpointDispatch } from '../endpoints/dispatch.ts';

/** One HTTP request; `path` begins behind the base, already encoded. */
export interface FhirRequest extends Intention {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A resource, or what `content-type` in the headers says. */
  readonly body?: object;
  /** What is read is going to be changed: its numbers are remembered as they are written (exact-numbers.ts). */
  readonly toChange?: true;
}

/** The guarded way to one server: line, deadline, time limit, size limit, token, classified failures. */
export interface FhirTransport {
  send(request: FhirRequest, deadline: AbortSignal, lane: Lane): Promise<FhirResult>;
  /** The signal of one call with all its requests. `end` must be called. */
  deadline(): { readonly signal: AbortSignal; end(): void };
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly binding: ResolvedBinding;
  /** Data folder: credentials are files in its folder `credentials`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly dispatch: EndpointDispatch;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly onResult: (failure: Failure | null) => void;
}

interface Attempts {
  made: number;
}

export function createTransport(options: TransportOptions): FhirTransport {
  const { binding, folder, clock, log, dispatch, random, onResult } = options;
  const endpoint = binding.name;
  let opened: ReturnType<typeof openClient> | undefined;
  let closed = false;

  const credentials = createCredentials({ binding, folder, clock });

  const failureOfCall = (error: unknown, request: FhirRequest): Failure =>
    closed && request.kind === 'read'
      ? failureOf(fhirErrors.create('endpoint-closed', { endpoint }))
      : classify(error, request, binding, clock.now());

  /** One request, once. */
  const ask = async (
    request: FhirRequest,
    deadline: AbortSignal,
    more: Record<string, string>,
  ): Promise<FhirResult> => {
    const limit = clockSignal(clock, clock.now() + binding.timeoutMs);
    try {
      const { client, agent, responseOf } = await (opened ??= openClient(binding, folder));
      const chunks: Buffer[] = [];
      const answer = await client.request(binding.base + request.path, {
        method: request.method,
        body: request.body,
        options: {
          ...(request.toChange && reading(agent, chunks)),
          signal: AbortSignal.any([limit.signal, deadline]),
          headers: {
            ...(request.body ? { 'content-type': 'application/fhir+json' } : {}),
            ...more,
            ...request.headers,
          },
        },
      });
      const response = responseOf(answer);
      const resource = resourceIn(answer);
      if (!response || resource === undefined)
        return { ok: false, failure: failureOf(notFhir(request.kind, endpoint, response?.status ?? 200)) };
      if (isTooDeep(resource)) return { ok: false, failure: failureOf(tooDeep(request.kind, endpoint)) };
      const result = answerOf(response, resource);
      if (request.toChange && result.resource) rememberNumbers(result.resource, Buffer.concat(chunks).toString('utf8'));
      return { ok: true, answer: result };
    } catch (error) {
      return { ok: false, failure: error instanceof WardflowError ? failureOf(error) : failureOfCall(error, request) };
    } finally {
      limit.end();
    }
  };

  /** `attempts`: so many were made of this request before; with another token it is one more. */
  const exchange = async (request: FhirRequest, deadline: AbortSignal, attempts: Attempts): Promise<FhirResult> => {
    if (closed) return { ok: false, failure: failureOf(fhirErrors.create('endpoint-closed', { endpoint })) };
    const started = clock.now();
    const { startSpan } = await (opened ??= openClient(binding, folder));
    const result = await withCredentials(credentials, deadline, async (bearer) => {
      const span = startSpan(request, ++attempts.made);
      const authorization: Record<string, string> = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
      const asked = await ask(request, deadline, { ...span.headers, ...authorization });
      span.end(asked);
      return asked;
    });
    if (!result.ok) logFailure(log, endpoint, result.failure, clock.now() - started);
    return result;
  };

  const once = async (
    request: FhirRequest,
    deadline: AbortSignal,
    lane: Lane,
    attempts: Attempts,
  ): Promise<FhirResult> => {
    const sent = await dispatch.run(() => exchange(request, deadline, attempts), failureIn, deadline, lane);
    if (sent.kind === 'refused') return { ok: false, failure: failureOf(sent.error) };
    if (sent.kind === 'no-place')
      return { ok: false, failure: failureOf(fhirErrors.create('endpoint-busy', { endpoint })) };
    onResult(failureIn(sent.value));
    return sent.value;
  };

  return {
    async send(request, deadline, lane) {
      const attempts: Attempts = { made: 0 };
      for (let waits = 0; ; waits++) {
        const result = await once(request, deadline, lane, attempts);
        if (waits >= SHORT_WAITS || !(await shortWait(result, { clock, random, deadline }))) return result;
      }
    },
    deadline: () => clockSignal(clock, clock.now() + binding.deadlineMs),
    async close() {
      closed = true;
      dispatch.stop();
      await Promise.all([(await opened)?.agent.destroy(), credentials.close()]);
    },
  };
}

const failureIn = (result: FhirResult): Failure | null => (result.ok ? null : result.failure);

/** `null`: an empty answer (204, or `return=minimal`); `undefined`: JSON that is no resource. */
function resourceIn(answer: FhirResource): FhirResource | null | undefined {
  if (Array.isArray(answer)) return undefined;
  if (typeof answer.resourceType === 'string') return answer;
  return Object.keys(answer).length === 0 ? null : undefined;
}

function answerOf(response: Response, resource: FhirResource | null): FhirAnswer {
  return {
    status: response.status,
    // A plain copy: the client hangs request and response (with the token) on the object.
    resource: resource === null ? null : { ...resource },
    etag: response.headers.get('etag'),
    location: response.headers.get('location') ?? response.headers.get('content-location'),
  };
}
