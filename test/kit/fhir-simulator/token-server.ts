/** An authorization server of SMART Backend Services for `FhirSimulator`: verifies assertions and gives tokens that end. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { SeenByServer } from '../fhir-simulator.ts';
import type { Reply } from './reply.ts';

export interface Assertion {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scope: string | null;
}

export class TokenServer {
  /** What was asked with, in order. */
  readonly assertions: Assertion[] = [];
  /** How many descriptions were asked for. */
  discoveries = 0;
  /** Seconds that a token lasts; `null`: the answer does not say it. */
  lasts: number | null = 300;
  /** `token_endpoint` of the description. */
  endpoint: () => string;
  /** Instead of an answer to the next request for a token. */
  next: Reply | null = null;
  readonly #key: KeyObject;
  readonly #now: () => number;
  readonly #seen = new Set<unknown>();
  #valid = '';
  #given = 0;

  constructor(options: { readonly key: KeyObject; readonly now: () => number; readonly endpoint: () => string }) {
    this.#key = createPublicKey(options.key);
    this.#now = options.now;
    this.endpoint = options.endpoint;
  }

  /** Only the newest is taken. */
  readonly takes = (bearer: string): boolean => bearer === this.#valid;

  /** The token that is out is not taken any more. */
  revoke(): void {
    this.#valid = '';
  }

  readonly answer = async ({ method, url, body }: SeenByServer): Promise<Reply | null> => {
    if (url === '/fhir/.well-known/smart-configuration') {
      this.discoveries++;
      return { status: 200, body: { token_endpoint: this.endpoint(), grant_types_supported: ['client_credentials'] } };
    }
    if (url !== '/token' || method !== 'POST') return null;
    const { next } = this;
    this.next = null;
    if (next) return next;
    return (await this.#verified(new URLSearchParams(body))) ? this.#give() : { status: 400, body: REFUSED };
  };

  async #verified(form: URLSearchParams): Promise<boolean> {
    if (form.get('grant_type') !== 'client_credentials') return false;
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') return false;
    try {
      const currentDate = new Date(this.#now());
      const options = { currentDate, audience: this.endpoint(), requiredClaims: ['iss', 'sub', 'jti', 'exp'] };
      const { payload, protectedHeader } = await jwtVerify(form.get('client_assertion') ?? '', this.#key, options);
      const isFresh = (payload.exp ?? Infinity) <= this.#now() / 1000 + 300 && !this.#seen.has(payload.jti);
      this.#seen.add(payload.jti);
      this.assertions.push({ header: { ...protectedHeader }, claims: payload, scope: form.get('scope') });
      return isFresh && payload.iss === payload.sub && payload.iss === 'wardflow-client';
    } catch {
      return false;
    }
  }

  #give(): Reply {
    this.#valid = `token-${++this.#given}`;
    const expires = this.lasts === null ? {} : { expires_in: this.lasts };
    return { status: 200, body: { access_token: this.#valid, token_type: 'bearer', scope: 'system/*.rs', ...expires } };
  }
}

const REFUSED = { error: 'invalid_client', error_description: 'the secret of the server' };
