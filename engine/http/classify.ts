import type { WardflowError } from '../base/errors.ts';
import { retryAfterMs } from '../fhir/retry-after.ts';
import { httpErrors } from './errors.ts';
import { NOT_SENT, rootCode, TLS } from './network-codes.ts';

export interface Asked {
  readonly endpoint: string;
  /** GET: asking again does no harm. */
  readonly reads: boolean;
  readonly accepts: readonly number[];
}

/** `null`: the answer is one. */
export function refusalOf(
  { endpoint, reads, accepts }: Asked,
  status: number,
  retryAfter: string | null,
  now: number,
): WardflowError | null {
  if (status >= 200 && status < 300) return null;
  if (status < 400) return httpErrors.create('http-redirect', { endpoint, status });
  if (status === 401 || status === 403) return httpErrors.create('http-auth', { endpoint, status });
  if (status === 429 || (status === 503 && retryAfter !== null))
    return httpErrors.create('http-throttled', { endpoint, status }, { retryAfterMs: retryAfterMs(retryAfter, now) });
  if (status < 500 && status !== 408) {
    if (accepts.includes(status)) return null;
    return httpErrors.create('http-refused', { endpoint, status });
  }
  // A gateway answers 502 or 504, and a server 500, also after it has done the work.
  if (!reads) return httpErrors.create('http-answer-lost', { endpoint, cause: `HTTP ${status}` });
  return httpErrors.create('http-server-error', { endpoint, status });
}

/** What an exception on the way says about what may have happened. */
export function unanswered(
  { endpoint, reads }: Omit<Asked, 'accepts'>,
  error: unknown,
  maxAnswerBytes: number,
): WardflowError {
  const cause = rootCode(error);
  if (NOT_SENT.has(cause)) return httpErrors.create('http-unreachable', { endpoint, cause });
  if (TLS.test(cause)) return httpErrors.create('http-tls', { endpoint, cause });
  if (!reads) return httpErrors.create('http-answer-lost', { endpoint, cause });
  if (cause === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return httpErrors.create('http-answer-too-large', { endpoint, limit: maxAnswerBytes });
  return httpErrors.create('http-no-answer', { endpoint, cause });
}
