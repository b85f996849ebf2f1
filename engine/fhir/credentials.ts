import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { WardflowError } from '../base/errors.ts';
import { readCredential } from '../config/credential.ts';
import type { ResolvedBinding } from './binding.ts';
import { failureOf } from './classify.ts';
import { connecting } from './connecting.ts';
import type { FhirResult } from './endpoint.ts';
import { fhirErrors } from './errors.ts';
import { createTokenSource } from './smart/token-source.ts';

/** What is shown to the server with each request. */
export interface Credentials {
  /** `null`: nothing. @throws WardflowError, if it cannot be had */
  readonly bearer: (deadline: AbortSignal) => Promise<string | null>;
  /** The server did not take it. Says whether another can be had. */
  readonly refused: (bearer: string) => boolean;
  readonly close: () => Promise<void>;
}

/** Answers of an authorization server are short. */
const LARGEST_ANSWER = 64 * 1024;

export function createCredentials(options: {
  readonly binding: ResolvedBinding;
  readonly folder: string;
  readonly clock: Clock;
}): Credentials {
  const { binding, folder, clock } = options;
  const { auth, name: endpoint } = binding;
  const closed = (): Promise<void> => Promise.resolve();
  switch (auth.kind) {
    case 'none':
      return { bearer: () => Promise.resolve(null), refused: () => false, close: closed };
    case 'bearer':
      return { bearer: () => tokenInFile(endpoint, folder, auth.credential), refused: () => false, close: closed };
    case 'smart-backend': {
      let agent: Promise<Dispatcher> | undefined;
      const dispatcher = (): Promise<Dispatcher> => (agent ??= openAgent(binding, folder));
      const tokens = createTokenSource({ binding, auth, folder, clock, dispatcher });
      return {
        bearer: (deadline) => tokens.token(deadline),
        refused(bearer) {
          tokens.refused(bearer);
          return true;
        },
        close: async () => (await agent)?.destroy(),
      };
    }
    default:
      return never(auth);
  }
}

/** Sends; once more with another token where the server did not take the first: it did nothing then (RFC 9110, 15.5.2). */
export async function withCredentials(
  { bearer, refused }: Credentials,
  deadline: AbortSignal,
  send: (bearer: string | null) => Promise<FhirResult>,
): Promise<FhirResult> {
  try {
    const first = await bearer(deadline);
    const result = await send(first);
    if (result.ok || result.failure.code !== 'endpoint-auth' || first === null || !refused(first)) return result;
    return await send(await bearer(deadline));
  } catch (error) {
    if (error instanceof WardflowError) return { ok: false, failure: failureOf(error) };
    throw error;
  }
}

async function tokenInFile(endpoint: string, folder: string, credential: string): Promise<string> {
  const found = await readCredential(folder, credential);
  if (found && /^[\x21-\x7e]{1,8192}$/.test(found.text)) return found.text;
  throw fhirErrors.create('endpoint-credential-missing', { endpoint, credential });
}

async function openAgent(binding: ResolvedBinding, folder: string): Promise<Dispatcher> {
  const { Agent, buildConnector } = await import('undici');
  const { auth, base } = binding;
  const elsewhere =
    auth.kind === 'smart-backend' && auth.tokenUrl !== null && new URL(auth.tokenUrl).origin !== new URL(base).origin;
  return new Agent({
    connections: 2,
    maxResponseSize: LARGEST_ANSWER,
    connect: connecting(binding, folder, buildConnector, elsewhere ? 'token' : 'fhir'),
  });
}

function never(auth: never): never {
  throw new TypeError(`not a kind of auth: ${JSON.stringify(auth)}`);
}
