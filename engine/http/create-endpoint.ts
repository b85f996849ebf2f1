import type { Agent } from 'undici';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { readCredential } from '../config/credential.ts';
import { clockSignal } from '../endpoints/clock-signal.ts';
import { createDispatch, type DispatchOptions } from '../endpoints/dispatch.ts';
import { createHealth, verdictOf } from '../endpoints/health.ts';
import { failureOf } from '../queue/failure.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { checkHttpBinding, type HttpEndpointBinding } from './binding.ts';
import { refusalOf, unanswered } from './classify.ts';
import type { HttpAnswer, HttpCall, HttpEndpoint, HttpResult } from './endpoint.ts';
import { httpErrors } from './errors.ts';
import { openAgent } from './open-agent.ts';
import { problemOf, targetOf } from './request.ts';

export interface HttpEndpointOptions {
  readonly name: string;
  readonly binding: HttpEndpointBinding;
  /** Data folder of the environment: secrets are files in its folders `credentials` and `tls`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => void;
  readonly dispatch: Pick<DispatchOptions, 'random' | 'held' | 'onReady' | 'limits'>;
}

export interface ClosableHttpEndpoint extends HttpEndpoint {
  /** The same, whose calls wait for a place in the lane. */
  inLane(lane: Lane): HttpEndpoint;
  resumed(): void;
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** The wait for a place included: what has none by then goes back to the queue. */
const PLACE_WITHIN_MS = 30_000;
const BUSY_RETRY_MS = 1_000;
const KEPT_HEADERS = ['content-type', 'etag', 'location', 'last-modified'];

/** Throws `http-base-invalid`; every other problem is an answer. */
export function createHttpEndpoint(options: HttpEndpointOptions): ClosableHttpEndpoint {
  const { name, binding, folder, clock, log, onChange } = options;
  checkHttpBinding(name, binding);
  const health = createHealth({ kind: 'http', clock, onChange });
  const dispatch = createDispatch({
    ...options.dispatch,
    name,
    clock,
    concurrency: binding.concurrency,
    verdictOf: verdictOf('http'),
    onChange,
  });
  let opened: Promise<Agent> | undefined;
  let closed = false;

  async function exchange(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    const asked = { endpoint: name, reads: call.method === 'GET', accepts: call.accepts ?? [] };
    if (closed) throw httpErrors.create('http-closed', { endpoint: name });
    const headers = { ...(await credentialHeaders(name, binding, folder)), ...headersOf(call) };
    const { request } = await import('undici');
    const agent = await (opened ??= openAgent(binding, folder));
    const limit = clockSignal(clock, clock.now() + binding.timeoutMs);
    try {
      const answer = await request(binding.base + targetOf(call), {
        method: call.method,
        headers,
        body: call.body?.text ?? null,
        dispatcher: agent,
        signal: AbortSignal.any([limit.signal, signal]),
      });
      const text = await answer.body.text();
      const refusal = refusalOf(asked, answer.statusCode, one(answer.headers['retry-after']), clock.now());
      if (refusal) throw refusal;
      return { status: answer.statusCode, headers: kept(answer.headers), text };
    } catch (error) {
      if (error instanceof WardflowError) throw error;
      throw closed && asked.reads
        ? httpErrors.create('http-closed', { endpoint: name })
        : unanswered(asked, error, binding.maxAnswerBytes);
    } finally {
      limit.end();
    }
  }

  async function tried(call: HttpCall, signal: AbortSignal): Promise<HttpResult> {
    const started = clock.now();
    try {
      return { ok: true, answer: await exchange(call, signal) };
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      const failure = failureOf(error);
      log.warn('a call to an HTTP endpoint failed', {
        endpoint: name,
        code: failure.code,
        state: failure.class,
        ms: clock.now() - started,
      });
      return { ok: false, failure };
    }
  }

  const inLane = (lane: Lane): HttpEndpoint => ({
    name,
    async call(request) {
      const problem = problemOf(request);
      if (problem !== undefined)
        return {
          ok: false,
          failure: failureOf(httpErrors.create('http-request-wrong', { endpoint: name, reason: problem })),
        };
      const place = clockSignal(clock, clock.now() + PLACE_WITHIN_MS + binding.timeoutMs);
      try {
        const sent = await dispatch.run(() => tried(request, place.signal), failureIn, place.signal, lane);
        if (sent.kind === 'refused') return { ok: false, failure: failureOf(sent.error) };
        if (sent.kind === 'no-place') {
          const busy = httpErrors.create('http-busy', { endpoint: name }, { retryAfterMs: BUSY_RETRY_MS });
          return { ok: false, failure: failureOf(busy) };
        }
        health.note(failureIn(sent.value));
        return sent.value;
      } finally {
        place.end();
      }
    },
    health: () => ({ name, kind: 'http', ...health.view(), ...dispatch.view() }),
  });

  return {
    ...inLane('routine'),
    inLane,
    resumed: () => dispatch.resumed(),
    // Any answer is one.
    async probe() {
      await inLane('bulk').call({ method: 'GET', path: '/' });
    },
    async close() {
      closed = true;
      dispatch.stop();
      await (await opened?.catch(() => undefined))?.destroy();
    },
  };
}

const failureIn = (result: HttpResult): Failure | null => (result.ok ? null : result.failure);

function headersOf({ headers = {}, body, idempotencyKey }: HttpCall): Record<string, string> {
  return {
    ...headers,
    // The size limit counts bytes on the wire: a compressed answer could unpack to any size.
    'accept-encoding': 'identity',
    ...(body && { 'content-type': body.type }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }),
  };
}

async function credentialHeaders(
  endpoint: string,
  { auth }: HttpEndpointBinding,
  folder: string,
): Promise<Record<string, string>> {
  if (auth.kind === 'none') return {};
  const found = await readCredential(folder, auth.credential);
  if (!found) throw httpErrors.create('http-credential-missing', { endpoint, credential: auth.credential });
  switch (auth.kind) {
    case 'bearer':
      return { authorization: `Bearer ${found.text}` };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.user}:${found.text}`).toString('base64')}` };
    case 'header':
      return { [auth.header.toLowerCase()]: found.text };
    default:
      return auth satisfies never;
  }
}

function kept(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = one(headers[name]);
      return value === null ? [] : [[name, value.slice(0, 2_000)]];
    }),
  );
}

const one = (value: string | string[] | undefined): string | null => (Array.isArray(value) ? value[0] : value) ?? null;
