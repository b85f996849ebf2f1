import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { classify, failureOf, logFailure, notFhir, type Intention } from './classify.ts';
import type { ResolvedBinding } from './binding.ts';
import type { FhirAnswer, FhirResource, FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { clockSignal } from '../endpoints/clock-signal.ts';
import type { EndpointDispatch } from '../endpoints/dispatch.ts';

/** One HTTP request; `path` begins behind the base, already encoded. */
export interface FhirRequest extends Intention {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FhirResource;
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
  readonly onResult: (failure: Failure | null) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;

export function createTransport(options: TransportOptions): FhirTransport {
  const { binding, folder, clock, log, dispatch, onResult } = options;
  const endpoint = binding.name;
  let opened: ReturnType<typeof open> | undefined;
  let closed = false;

  const token = async (): Promise<string | null> => {
    if (binding.credential === null) return null;
    try {
      const text = (await readFile(join(folder, 'credentials', binding.credential), 'utf8')).trim();
      if (/^[\x21-\x7e]{1,8192}$/.test(text)) return text;
    } catch {
      // Said below without the path: the reader of the failure knows the data folder.
    }
    throw fhirErrors.create('endpoint-credential-missing', { endpoint, credential: binding.credential });
  };

  const failureOfCall = (error: unknown, request: FhirRequest): Failure =>
    closed && request.kind === 'read'
      ? failureOf(fhirErrors.create('endpoint-closed', { endpoint }))
      : classify(error, request, binding, clock.now());

  const exchange = async (request: FhirRequest, deadline: AbortSignal): Promise<FhirResult> => {
    if (closed) return { ok: false, failure: failureOf(fhirErrors.create('endpoint-closed', { endpoint })) };
    const started = clock.now();
    const limit = clockSignal(clock, started + binding.timeoutMs);
    try {
      const bearer = await token();
      const { client, responseOf } = await (opened ??= open(binding));
      const answer = await client.request(binding.base + request.path, {
        method: request.method,
        body: request.body,
        options: {
          signal: AbortSignal.any([limit.signal, deadline]),
          headers: {
            ...(request.body ? { 'content-type': 'application/fhir+json' } : {}),
            ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
            ...request.headers,
          },
        },
      });
      const response = responseOf(answer);
      const resource = resourceIn(answer);
      if (!response || resource === undefined) {
        return { ok: false, failure: failureOf(notFhir(request.kind, endpoint, response?.status ?? 200)) };
      }
      return { ok: true, answer: answerOf(response, resource) };
    } catch (error) {
      const failure = error instanceof WardflowError ? failureOf(error) : failureOfCall(error, request);
      logFailure(log, endpoint, failure, clock.now() - started);
      return { ok: false, failure };
    } finally {
      limit.end();
    }
  };

  return {
    async send(request, deadline, lane) {
      const sent = await dispatch.run(() => exchange(request, deadline), failureIn, deadline, lane);
      if (sent.kind === 'refused') return { ok: false, failure: failureOf(sent.error) };
      if (sent.kind === 'no-place') {
        return { ok: false, failure: failureOf(fhirErrors.create('endpoint-busy', { endpoint })) };
      }
      onResult(failureIn(sent.value));
      return sent.value;
    },
    deadline: () => clockSignal(clock, clock.now() + binding.deadlineMs),
    async close() {
      closed = true;
      dispatch.stop();
      await (await opened)?.agent.destroy();
    },
  };
}

const failureIn = (result: FhirResult): Failure | null => (result.ok ? null : result.failure);

/** fhir-kit-client and undici load with the first request, so that importing the engine stays light. */
async function open(binding: ResolvedBinding) {
  const [{ Client }, { Agent }] = await Promise.all([import('fhir-kit-client'), import('undici')]);
  const agent = new Agent({
    connections: binding.concurrency,
    pipelining: 1,
    maxResponseSize: binding.maxAnswerBytes,
    // Verifying is said here, since an environment variable of Node.js changes the default.
    connect: { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true },
  }).compose(refuseEncoded);
  const client = new Client({
    baseUrl: binding.base,
    // Redirects would carry a resource and the token to an address that nobody bound.
    requestOptions: { dispatcher: agent, redirect: 'manual' },
    // The size limit counts bytes on the wire: a compressed answer could unpack to any size.
    customHeaders: { 'accept-encoding': 'identity' },
  });
  return { client, agent, responseOf: (answer: FhirResource) => Client.httpFor(answer).response };
}

/** Stops the answer of a server that compresses although it was told not to. */
function refuseEncoded(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, message) => {
        const encoding = headers['content-encoding'];
        if (encoding === undefined || encoding === 'identity') {
          handler.onResponseStart?.(controller, status, headers, message);
        } else controller.abort(Object.assign(new Error('encoded answer'), { code: 'ERR_ENCODED_ANSWER' }));
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}

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
