import type { Dispatcher } from 'undici';
import type { Clock, Millis } from '../../base/clock.ts';
import { WardflowError } from '../../base/errors.ts';
import { clockSignal } from '../../endpoints/clock-signal.ts';
import type { ResolvedBinding, SmartBackendAuth } from '../binding.ts';
import { fhirErrors } from '../errors.ts';
import { discoverTokenUrl, requestToken, type GivenToken, type TokenRequest } from './token-request.ts';

/** Access tokens of one endpoint: kept until shortly before they end, asked for by one request however many want one. */
export interface TokenSource {
  /** Waits at most until `deadline` is aborted. @throws WardflowError as `requestToken`, `endpoint-token-unavailable` */
  token(deadline: AbortSignal): Promise<string>;
  /** The server did not take it: the next to ask gets another. */
  refused(token: string): void;
}

export interface TokenSourceOptions {
  readonly binding: ResolvedBinding;
  readonly auth: SmartBackendAuth;
  readonly folder: string;
  readonly clock: Clock;
  readonly dispatcher: () => Promise<Dispatcher>;
}

/** Before its end a token is not used any more: it has to arrive, too. At most half of its life. */
const MARGIN_MS = 30_000;
/** A failure answers whoever asks so soon after it: a server that refuses us is not asked once for each message. */
const FAILURE_KEPT_MS = 5_000;
const URL_KEPT_MS = 3_600_000;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { binding, auth, folder, clock } = options;
  const endpoint = binding.name;
  let kept: { readonly token: string; readonly until: Millis } | undefined;
  let failed: { readonly error: WardflowError; readonly until: Millis } | undefined;
  let found: { readonly url: string; readonly until: Millis } | undefined;
  let running: Promise<string> | undefined;

  async function urlOf(request: TokenRequest): Promise<string> {
    if (auth.tokenUrl !== null) return auth.tokenUrl;
    if (found && found.until > clock.now()) return found.url;
    const url = await discoverTokenUrl(request);
    found = { url, until: clock.now() + URL_KEPT_MS };
    return url;
  }

  async function ask(): Promise<string> {
    // Of nobody's own: that one caller's time is over must not fail the others.
    const limit = clockSignal(clock, clock.now() + binding.timeoutMs);
    const now = (): Millis => clock.now();
    try {
      const dispatcher = await options.dispatcher();
      const request = { binding, auth, folder, now, signal: limit.signal, dispatcher };
      const { token, lastsMs }: GivenToken = await requestToken(request, await urlOf(request));
      kept = { token, until: now() + lastsMs - Math.min(MARGIN_MS, lastsMs / 2) };
      failed = undefined;
      return token;
    } catch (error) {
      if (error instanceof WardflowError) {
        const wait = error.retryAfterMs ?? FAILURE_KEPT_MS;
        failed = { error, until: now() + wait };
        // It may have moved.
        found = undefined;
      }
      throw error;
    } finally {
      limit.end();
      running = undefined;
    }
  }

  return {
    async token(deadline) {
      if (kept && kept.until > clock.now()) return kept.token;
      if (failed && failed.until > clock.now()) throw failed.error;
      running ??= ask();
      return unless(deadline, running, () =>
        fhirErrors.create('endpoint-token-unavailable', { endpoint, cause: 'TimeoutError' }),
      );
    },
    refused(token) {
      if (kept?.token === token) kept = undefined;
    },
  };
}

function unless<T>(signal: AbortSignal, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(late());
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
