import { ACTOR_HEADER, API_ROOT, SCOPE_HEADER, type ScopeOfCall } from '../../../runtime/api/contract.ts';
import type { RuntimeDirectory } from '../runtimes.ts';

export interface RuntimeRequest {
  readonly runtime: string;
  readonly method: 'GET' | 'POST';
  /** Below the API's root; made of checked parts only. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** `user:ana`. */
  readonly actor: string;
  /** For somebody who answers for a part only. */
  readonly scope?: ScopeOfCall;
  readonly signal: AbortSignal;
  readonly accept?: string;
}

/** `unreachable`: it is not started, or did not answer. */
export type RuntimeAnswer = { readonly kind: 'answer'; readonly response: Response } | { readonly kind: 'unreachable' };

export type RuntimeClient = (request: RuntimeRequest) => Promise<RuntimeAnswer>;

/** Calls runtimes with their service token, in the name of who acts. Never follows a redirect. */
export function createRuntimeClient(runtimes: RuntimeDirectory): RuntimeClient {
  return async (request) => {
    const target = await runtimes.locate(request.runtime);
    if (!target) return { kind: 'unreachable' };
    const url = new URL(`${target.url}${API_ROOT}${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
    const headers: Record<string, string> = {
      authorization: `Bearer ${target.token}`,
      [ACTOR_HEADER]: request.actor,
      accept: request.accept ?? 'application/json',
    };
    if (request.scope) headers[SCOPE_HEADER] = Buffer.from(JSON.stringify(request.scope)).toString('base64url');
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    try {
      const response = await fetch(url, {
        method: request.method,
        headers,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        redirect: 'manual',
        signal: request.signal,
      });
      return { kind: 'answer', response };
    } catch {
      return { kind: 'unreachable' };
    }
  };
}
