import type { Clock, Millis } from '../base/clock.ts';
import type { FhirResult } from './endpoint.ts';

/** So often within one request. Everything else is tried again by the queue, whose retries these would multiply. */
export const SHORT_WAITS = 2;
const LONGEST_WAIT_MS = 2_000;
const JITTER_MS = 250;

/**
 * Waits where the server asked for a moment (429, or 503 with Retry-After), which also says that it did nothing. `false`: it
 * did not, it asked for longer, or the call's time would be over by then.
 */
export async function shortWait(
  result: FhirResult,
  { clock, random, deadline }: { readonly clock: Clock; readonly random: () => number; readonly deadline: AbortSignal },
): Promise<boolean> {
  if (result.ok || result.failure.code !== 'fhir-throttled') return false;
  const { retryAfterMs = LONGEST_WAIT_MS + 1 } = result.failure;
  if (retryAfterMs > LONGEST_WAIT_MS || deadline.aborted) return false;
  return slept(clock, retryAfterMs + Math.round(random() * JITTER_MS), deadline);
}

/** `false`: `signal` was aborted before. */
function slept(clock: Clock, ms: Millis, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      cancel();
      signal.removeEventListener('abort', abort);
      resolve(whole);
    };
    const abort = (): void => end(false);
    const cancel = clock.at(clock.now() + ms, () => end(true));
    signal.addEventListener('abort', abort, { once: true });
  });
}
