/**
 * Asks for an access token by SMART Backend Services (SMART App Launch 2.2; RFC 7523): a signed assertion says who we are.
 * Nothing of a request or an answer is ever logged.
 */
import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Millis } from '../../base/clock.ts';
import { readCredential } from '../../config/credential.ts';
import { isLoopbackUrl, type ResolvedBinding, type SmartBackendAuth } from '../binding.ts';
import { rootCode } from '../../http/network-codes.ts';
import { fhirErrors } from '../errors.ts';
import { retryAfterMs } from '../retry-after.ts';
import { signingKeyIn, type SigningKey } from './signing-key.ts';
import { smallJson, type SmallAnswer } from './small-json.ts';

export interface TokenRequest {
  readonly binding: ResolvedBinding;
  readonly auth: SmartBackendAuth;
  readonly folder: string;
  readonly now: () => Millis;
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher;
}

export interface GivenToken {
  readonly token: string;
  readonly lastsMs: Millis;
}

/** Less than the five minutes that the specification allows: clocks differ. */
const ASSERTION_LASTS_S = 240;
/** Where the server does not say it. */
const TOKEN_LASTS_S = 60;
const LONGEST_S = 86_400;
/** OAuth error codes (RFC 6749, 5.2), which say nothing secret. */
const OAUTH_CODE = /^[a-z_]{1,40}$/;

/** @throws WardflowError `endpoint-credential-missing`, `endpoint-key-unusable`, `endpoint-token-*` */
export async function requestToken(request: TokenRequest, tokenUrl: string): Promise<GivenToken> {
  const { binding, auth, now } = request;
  const endpoint = binding.name;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: auth.scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(request, tokenUrl),
  });
  const { status, body, retryAfter } = await asked(request, tokenUrl, form);
  if (status === 429 || (status === 503 && retryAfter !== null)) {
    const wait = retryAfterMs(retryAfter, now());
    throw fhirErrors.create('endpoint-token-throttled', { endpoint, status }, { retryAfterMs: wait });
  }
  if (status >= 500 || status === 408)
    throw fhirErrors.create('endpoint-token-unavailable', { endpoint, cause: `HTTP ${status}` });
  if (status !== 200) {
    const said = body?.['error'];
    const reason = typeof said === 'string' && OAUTH_CODE.test(said) ? said : 'it does not say why';
    throw fhirErrors.create('endpoint-token-refused', { endpoint, status, reason });
  }
  const token = body?.['access_token'];
  const type = body?.['token_type'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token) || !isBearer(type))
    throw fhirErrors.create('endpoint-token-unavailable', { endpoint, cause: 'no bearer token in the answer' });
  const lasts = Number(body?.['expires_in'] ?? TOKEN_LASTS_S);
  return { token, lastsMs: 1000 * Math.min(lasts > 0 ? lasts : TOKEN_LASTS_S, LONGEST_S) };
}

/** `token_endpoint` of the server's own description, which may not lead to another origin. @throws as `requestToken` */
export async function discoverTokenUrl(request: TokenRequest): Promise<string> {
  const { binding } = request;
  const endpoint = binding.name;
  const { status, body } = await asked(request, `${binding.base}/.well-known/smart-configuration`);
  const url = body?.['token_endpoint'];
  if (status !== 200 || typeof url !== 'string' || !URL.canParse(url))
    throw fhirErrors.create('endpoint-token-unknown', { endpoint, status });
  const { origin, protocol, username, password } = new URL(url);
  if (origin !== new URL(binding.base).origin || username !== '' || password !== '')
    throw fhirErrors.create('endpoint-token-elsewhere', { endpoint });
  if (protocol !== 'https:' && !isLoopbackUrl(new URL(url)))
    throw fhirErrors.create('endpoint-token-elsewhere', { endpoint });
  return url;
}

async function asked(request: TokenRequest, url: string, form?: URLSearchParams): Promise<SmallAnswer> {
  try {
    const { signal, dispatcher } = request;
    return await smallJson({ url, signal, dispatcher, ...(form && { form }) });
  } catch (error) {
    const details = { endpoint: request.binding.name, cause: rootCode(error) };
    throw fhirErrors.create('endpoint-token-unavailable', details);
  }
}

async function assertion({ binding, auth, folder, now }: TokenRequest, audience: string): Promise<string> {
  const endpoint = binding.name;
  const { credential, clientId } = auth;
  const found = await readCredential(folder, credential, { lines: true });
  if (!found) throw fhirErrors.create('endpoint-key-unusable', { endpoint, credential, reason: 'it cannot be read' });
  const signing = signingKeyIn(found.text);
  const reason = typeof signing === 'string' ? signing : wrongAlgorithm(signing, auth);
  if (reason !== null) throw fhirErrors.create('endpoint-key-unusable', { endpoint, credential, reason });
  const { key, alg, kid } = signing as SigningKey;
  const { SignJWT } = await import('jose');
  const named = auth.kid ?? kid;
  return new SignJWT({})
    .setProtectedHeader({ alg, typ: 'JWT', ...(named !== null && { kid: named }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setExpirationTime(Math.floor(now() / 1000) + ASSERTION_LASTS_S)
    .sign(key);
}

export function wrongAlgorithm({ alg }: SigningKey, wanted: SmartBackendAuth): string | null {
  return wanted.alg === null || wanted.alg === alg ? null : `it signs by ${alg}, and "alg" says ${wanted.alg}`;
}

/** RFC 6749, 7.1: case does not count. */
const isBearer = (type: unknown): boolean => typeof type === 'string' && type.toLowerCase() === 'bearer';
