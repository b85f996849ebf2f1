/** Where an HTTP endpoint is: an entry of kind `http` under `endpoints` in bindings.json. */
import type { SendTls } from '../config/bindings.ts';
import { httpErrors } from './errors.ts';

export interface HttpEndpointBinding {
  readonly kind: 'http';
  /** Without a slash at the end. */
  readonly base: string;
  readonly auth:
    | { readonly kind: 'none' }
    /** The token is a credential. */
    | { readonly kind: 'bearer'; readonly credential: string }
    /** RFC 7617; the password is a credential. */
    | { readonly kind: 'basic'; readonly user: string; readonly credential: string }
    /** A key in a header of the server's own choice, such as `X-API-Key`. */
    | { readonly kind: 'header'; readonly header: string; readonly credential: string };
  /** `null`: the authorities of the system, and no certificate of our own. */
  readonly tls: SendTls | null;
  /** Whole request, milliseconds. */
  readonly timeoutMs: number;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly maxAnswerBytes: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What cannot be meant of an entry whose form is right; the first of it. */
export function httpBindingProblem({
  base,
  auth,
}: Pick<HttpEndpointBinding, 'base' | 'auth'>): { readonly field: string; readonly reason: string } | undefined {
  const reason = wrongWith(base, auth.kind !== 'none');
  return reason === undefined ? undefined : { field: 'base', reason };
}

function wrongWith(base: string, hasCredential: boolean): string | undefined {
  if (!URL.canParse(base)) return 'it is no URL';
  const url = new URL(base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http and https are spoken';
  if (url.username !== '' || url.password !== '') return 'it holds credentials';
  if (url.search !== '' || url.hash !== '') return 'it has a query or a fragment';
  if (hasCredential && url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    return 'a credential is only sent over https';
  return undefined;
}

/** @throws WardflowError `http-base-invalid` */
export function checkHttpBinding(endpoint: string, binding: HttpEndpointBinding): void {
  const problem = httpBindingProblem(binding);
  if (problem) throw httpErrors.create('http-base-invalid', { endpoint, reason: problem.reason });
}
