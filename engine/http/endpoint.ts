/** A server that speaks plain HTTP, as flows see it: a name, and a call whose outcome is known. */
import type { EndpointHealth } from '../endpoints/endpoint-health.ts';
import type { Failure, Lane } from '../store/contract/index.ts';

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export interface HttpCall {
  readonly method: HttpMethod;
  /** Behind the endpoint's base, beginning with `/`; segments are encoded already. No query. */
  readonly path: string;
  /** Encoded here. */
  readonly query?: Readonly<Record<string, string>>;
  /** Not those that belong to the connection or to who we are: they are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string };
  /** Statuses from 400 to 499 that are answers as well: what is asked for may not be there. Not 401, 403, 408 and 429. */
  readonly accepts?: readonly number[];
  /** Sent as `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header). */
  readonly idempotencyKey?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in small letters; only those that say something of the content. */
  readonly headers: Readonly<Record<string, string>>;
  /** As UTF-8. */
  readonly text: string;
}

export type HttpResult =
  { readonly ok: true; readonly answer: HttpAnswer } | { readonly ok: false; readonly failure: Failure };

export interface HttpEndpoint {
  readonly name: string;
  /**
   * One request, never repeated by itself. Everything but 2xx is a failure; of a method other than GET one whose answer is
   * missing, or says that the server broke, is ambiguous: it may have happened.
   */
  call(request: HttpCall): Promise<HttpResult>;
  health(): EndpointHealth;
}

export interface HttpEndpoints {
  /** What is asked of it waits for its place in the lane; default `routine`. @throws WardflowError `endpoint-unbound` */
  get(name: string, lane?: Lane): HttpEndpoint;
  health(): readonly EndpointHealth[];
}
