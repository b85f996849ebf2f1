import { fhirErrors } from './errors.ts';

/** Where a FHIR endpoint is: an entry under `endpoints` in bindings.json. Times are milliseconds. */
export interface FhirBinding {
  readonly base: string;
  readonly auth?: { readonly kind: 'none' } | { readonly kind: 'bearer'; readonly credential: string };
  /** Requests at once. */
  readonly concurrency?: number;
  /** For one request. */
  readonly timeoutMs?: number;
  /** For one call with all its requests: pages, look-ups, conflicts, and the wait for a free connection. */
  readonly deadlineMs?: number;
  readonly maxAnswerBytes?: number;
}

export interface ResolvedBinding {
  readonly name: string;
  /** Without a slash at the end. */
  readonly base: string;
  readonly credential: string | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxAnswerBytes: number;
}

const CREDENTIAL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Checks an entry and fills in its defaults. Throws `endpoint-base-invalid` or `endpoint-credential-missing`. */
export function resolveBinding(name: string, binding: FhirBinding): ResolvedBinding {
  const credential = binding.auth?.kind === 'bearer' ? binding.auth.credential : null;
  const refuse = (reason: string): never => {
    throw fhirErrors.create('endpoint-base-invalid', { endpoint: name, reason });
  };
  if (!URL.canParse(binding.base)) refuse('it is no URL');
  const url = new URL(binding.base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') refuse('only http and https are spoken');
  if (url.username !== '' || url.password !== '') refuse('it holds credentials');
  if (url.search !== '' || url.hash !== '') refuse('it has a query or a fragment');
  if (credential !== null && url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    refuse('a token is only sent over https');
  }
  if (credential !== null && !CREDENTIAL_NAME.test(credential)) {
    throw fhirErrors.create('endpoint-credential-missing', { endpoint: name, credential: 'with an invalid name' });
  }
  return {
    name,
    base: url.href.replace(/\/+$/, ''),
    credential,
    concurrency: binding.concurrency ?? 8,
    timeoutMs: binding.timeoutMs ?? 10_000,
    deadlineMs: binding.deadlineMs ?? 30_000,
    maxAnswerBytes: binding.maxAnswerBytes ?? 4 * 1024 * 1024,
  };
}

/**
 * The address of a page, if it lies under the endpoint's base: compared by origin and path segments, since a prefix
 * of the text would let `http://host:4047` match `http://host:40479`.
 */
export function underBase(base: string, link: string): URL | undefined {
  const root = new URL(base);
  if (!URL.canParse(link, `${base}/`)) return undefined;
  const url = new URL(link, `${base}/`);
  const path = root.pathname.replace(/\/+$/, '');
  const inside = url.pathname === path || url.pathname.startsWith(`${path}/`);
  return url.origin === root.origin && url.username === '' && url.password === '' && inside ? url : undefined;
}
