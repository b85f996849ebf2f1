import type { SendTls } from '../config/bindings.ts';
import { fhirErrors } from './errors.ts';
import type { SendList } from './minimise/send-list.ts';

/** How we are known to the server. `credential`: a file in the folder `credentials` of the environment. */
export type FhirAuth =
  { readonly kind: 'none' } | { readonly kind: 'bearer'; readonly credential: string } | SmartBackendAuth;

/** SMART Backend Services (SMART App Launch 2.2): the credential is our private key, PEM or JWK. */
export interface SmartBackendAuth {
  readonly kind: 'smart-backend';
  readonly credential: string;
  readonly clientId: string;
  /** Such as `system/Task.rs system/Task.c`. */
  readonly scope: string;
  /** `null`: what the server's smart-configuration says, if that is of the same origin. */
  readonly tokenUrl: string | null;
  /** `null`: what the key is for. */
  readonly alg: 'ES384' | 'RS384' | null;
  /** Of the key, as it is registered at the server; `null`: what a JWK says, or none. */
  readonly kid: string | null;
}

/** Where a FHIR endpoint is: an entry under `endpoints` in bindings.json. Times are milliseconds. */
export interface FhirBinding {
  readonly base: string;
  readonly auth?: FhirAuth;
  /** Whom the server's certificate must come from, and ours; absent or `null`: an authority of the system, and none. */
  readonly tls?: SendTls | null;
  /** Requests at once. */
  readonly concurrency?: number;
  /** For one request. */
  readonly timeoutMs?: number;
  /** For one call with all its requests: pages, look-ups, conflicts, and the wait for a free connection. */
  readonly deadlineMs?: number;
  readonly maxAnswerBytes?: number;
  /** What may be sent there, whatever a definition says; absent or `null`: everything. */
  readonly allow?: SendList | null;
  /** Each write leaves a Provenance there. */
  readonly provenance?: boolean;
}

export interface ResolvedBinding {
  readonly name: string;
  /** Without a slash at the end. */
  readonly base: string;
  readonly auth: FhirAuth;
  readonly tls: SendTls | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxAnswerBytes: number;
  readonly allow: SendList | undefined;
  readonly provenance: boolean;
}

const CREDENTIAL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What cannot be meant of an entry whose form is right; the first of it. */
export function fhirBindingProblem({
  base,
  auth = { kind: 'none' },
}: Pick<FhirBinding, 'base' | 'auth'>): { readonly field: string; readonly reason: string } | undefined {
  const wrong = (reason: string): { readonly field: string; readonly reason: string } => ({ field: 'base', reason });
  if (!URL.canParse(base)) return wrong('it is no URL');
  const url = new URL(base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return wrong('only http and https are spoken');
  if (url.username !== '' || url.password !== '') return wrong('it holds credentials');
  if (url.search !== '' || url.hash !== '') return wrong('it has a query or a fragment');
  if (auth.kind === 'none') return undefined;
  if (url.protocol === 'http:' && !isLoopbackUrl(url)) return wrong('a token is only sent over https');
  if (auth.kind === 'smart-backend' && auth.tokenUrl !== null && !isTokenUrl(auth.tokenUrl))
    return { field: 'auth.tokenUrl', reason: 'its "tokenUrl" is no https address without query or credentials' };
  return undefined;
}

/** Checks an entry and fills in its defaults. Throws `endpoint-base-invalid` or `endpoint-credential-missing`. */
export function resolveBinding(name: string, binding: FhirBinding): ResolvedBinding {
  const auth = binding.auth ?? { kind: 'none' };
  const problem = fhirBindingProblem(binding);
  if (problem) throw fhirErrors.create('endpoint-base-invalid', { endpoint: name, reason: problem.reason });
  if (auth.kind !== 'none' && !CREDENTIAL_NAME.test(auth.credential)) {
    throw fhirErrors.create('endpoint-credential-missing', { endpoint: name, credential: 'with an invalid name' });
  }
  const url = new URL(binding.base);
  return {
    name,
    base: url.href.replace(/\/+$/, ''),
    auth,
    tls: url.protocol === 'https:' ? (binding.tls ?? null) : null,
    concurrency: binding.concurrency ?? 8,
    timeoutMs: binding.timeoutMs ?? 10_000,
    deadlineMs: binding.deadlineMs ?? 30_000,
    maxAnswerBytes: binding.maxAnswerBytes ?? 4 * 1024 * 1024,
    allow: binding.allow ?? undefined,
    provenance: binding.provenance ?? false,
  };
}

export const isLoopbackUrl = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

function isTokenUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url));
  return isSafe && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
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
