import type { Log } from '../base/log.ts';
import { WardflowError } from '../base/errors.ts';
import { DEEPEST_JSON } from '../base/json-depth.ts';
import type { Failure } from '../store/contract/index.ts';
import type { ResolvedBinding } from './binding.ts';
import { fhirErrors } from './errors.ts';
import { isRuleOfServer, issuesInWords } from './outcome.ts';
import { retryAfterMs } from './retry-after.ts';
import { NOT_SENT, rootCode, TLS } from '../http/network-codes.ts';

/** What a request was for. A write is always conditional here (If-None-Exist or If-Match), so repeating it is safe once looked at. */
export interface Intention {
  readonly kind: 'read' | 'write';
  readonly type: string;
  /** It is of one resource: 404 says that this is not there, and nothing about its type. */
  readonly ofInstance?: boolean;
}

export function failureOf(error: WardflowError): Failure {
  return {
    class: error.failureClass,
    code: error.code,
    text: error.message,
    remedy: error.remedy,
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(error.waitsFor === undefined ? {} : { waitsFor: error.waitsFor }),
  };
}

/** What an exception of fhir-kit-client (or of the fetch below it) says about what may have happened. */
export function classify(error: unknown, intention: Intention, binding: ResolvedBinding, now: number): Failure {
  const answer = answerOf(error);
  return failureOf(answer ? refused(answer, intention, binding, now) : unanswered(error, intention, binding));
}

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly retryAfter: string | null;
}

/** fhir-kit-client puts the headers of the ANSWER into `config.headers` (facts/fhir-client). */
function answerOf(error: unknown): Answer | undefined {
  if (!(error instanceof Error)) return undefined;
  const { response, config } = error as {
    response?: { status?: unknown; data?: unknown };
    config?: { headers?: unknown };
  };
  if (typeof response?.status !== 'number') return undefined;
  const headers = config?.headers;
  return {
    status: response.status,
    data: response.data,
    retryAfter: headers instanceof Headers ? headers.get('retry-after') : null,
  };
}

function refused(
  answer: Answer,
  { kind, type, ofInstance }: Intention,
  binding: ResolvedBinding,
  now: number,
): WardflowError {
  const { status } = answer;
  const endpoint = binding.name;
  const issue = issuesInWords(answer.data);
  if (status < 300) return notFhir(kind, endpoint, status);
  if (status < 400) return fhirErrors.create('endpoint-redirect', { endpoint, status });
  if (status === 401) return fhirErrors.create('endpoint-auth', { endpoint, status });
  if (status === 403) return fhirErrors.create('fhir-forbidden', { endpoint, type, kind });
  if (status === 404 && (kind === 'read' || ofInstance)) return fhirErrors.create('fhir-not-found', { endpoint, type });
  if (status === 404 || status === 405)
    return fhirErrors.create('fhir-type-unsupported', { endpoint, type, kind, status });
  if (status === 410) return fhirErrors.create('fhir-gone', { endpoint, type });
  if (status === 409 || status === 412) return fhirErrors.create('fhir-conflict', { endpoint, type });
  if (status === 422 && isRuleOfServer(answer.data))
    return fhirErrors.create('fhir-rule', { endpoint, type, status, issue });
  if (status === 400 || status === 422) return fhirErrors.create('fhir-invalid', { endpoint, type, status, issue });
  if (status === 429 || (status === 503 && answer.retryAfter !== null)) {
    const wait = retryAfterMs(answer.retryAfter, now);
    return fhirErrors.create('fhir-throttled', { endpoint, status }, { retryAfterMs: wait });
  }
  if (status === 501 || status === 505) return fhirErrors.create('fhir-refused', { endpoint, status, issue });
  // A gateway answers 502 or 504, and a server 500, also after it has done the work.
  if (kind === 'write' && (status >= 500 || status === 408))
    return fhirErrors.create('fhir-answer-lost', { endpoint, cause: `HTTP ${status}` });
  if (status >= 500 || status === 408 || status === 425) {
    return fhirErrors.create('fhir-server-error', { endpoint, status, issue });
  }
  return fhirErrors.create('fhir-refused', { endpoint, status, issue });
}

function unanswered(error: unknown, { kind }: Intention, binding: ResolvedBinding): WardflowError {
  const endpoint = binding.name;
  const ours = catalogued(error);
  if (ours) return ours;
  const cause = rootCode(error);
  if (NOT_SENT.has(cause)) return fhirErrors.create('endpoint-unreachable', { endpoint, cause });
  if (TLS.test(cause)) return fhirErrors.create('endpoint-tls', { endpoint, cause });
  if (kind === 'write') return fhirErrors.create('fhir-answer-lost', { endpoint, cause });
  if (cause === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return fhirErrors.create('fhir-answer-too-large', { endpoint, limit: binding.maxAnswerBytes });
  }
  return fhirErrors.create('fhir-no-answer', { endpoint, cause });
}

export function notFhir(kind: Intention['kind'], endpoint: string, status: number): WardflowError {
  return kind === 'write'
    ? fhirErrors.create('fhir-answer-lost', { endpoint, cause: 'no FHIR JSON' })
    : fhirErrors.create('fhir-answer-not-fhir', { endpoint, status });
}

export function tooDeep(kind: Intention['kind'], endpoint: string): WardflowError {
  return kind === 'write'
    ? fhirErrors.create('fhir-answer-lost', { endpoint, cause: 'JSON that nests too deep' })
    : fhirErrors.create('fhir-answer-too-deep', { endpoint, limit: DEEPEST_JSON });
}

/** What our own part of connecting says, such as that a certificate cannot be read: fetch puts it into a cause. */
function catalogued(error: unknown): WardflowError | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if (current instanceof WardflowError) return current;
    current = current.cause;
  }
  return undefined;
}

export function logFailure(log: Log, endpoint: string, failure: Failure, ms: number): void {
  log.warn('a call to a FHIR endpoint failed', { endpoint, code: failure.code, state: failure.class, ms });
}
