/** Errors as people and programs get them: RFC 9457, catalogue code, no clinical content, no internals. */
import type { ErrorRequestHandler, Response } from 'express';
import { errorName, WardflowError, type Log } from '../../../engine/index.ts';
import type { ConsoleProblem } from '../../api/contract.ts';
import { bundleErrors } from '../../bundle/index.ts';
import { releaseErrors } from '../../release/index.ts';
import type { AuditErrorCode } from '../../audit/errors.ts';
import { consoleErrors } from '../../errors.ts';
import { PROPOSAL_STATUS, proposalErrors } from '../proposals/errors.ts';

const STATUS: Readonly<Record<keyof typeof consoleErrors.entries, number>> = {
  'login-refused': 401,
  'login-locked': 429,
  'too-many-requests': 429,
  'one-time-password-expired': 401,
  'password-change-needed': 403,
  'password-unfit': 400,
  'code-needed': 401,
  'code-refused': 401,
  'second-factor-needed': 403,
  'second-factor-there': 409,
  'second-factor-missing': 409,
  'second-factor-not-begun': 409,
  'session-missing': 401,
  'permission-missing': 403,
  'permission-elsewhere': 403,
  'person-needed': 403,
  'account-taken': 409,
  'account-unknown': 404,
  'account-changed': 409,
  'account-own': 403,
  'account-last-administrator': 409,
  'account-disabled': 409,
  'service-scope-refused': 403,
  'service-account-taken': 409,
  'console-never-started': 500,
  'trust-change-not-yours': 403,
  'trust-changes-too-many': 409,
  'request-not-from-console': 403,
  'request-invalid': 400,
  'request-too-large': 413,
  'wrong-host': 421,
  'service-token-refused': 401,
  'not-found': 404,
  'runtime-unknown': 404,
  'runtime-unreachable': 502,
  'runtime-refused': 502,
  'runtime-not-narrowed': 502,
  'console-failed': 500,
  'role-unknown': 500,
  'console-port-taken': 500,
  'console-host-unusable': 500,
  'tls-needed': 500,
  'tls-incomplete': 500,
  'tls-unusable': 500,
  'console-store-unusable': 500,
  'console-web-missing': 503,
};

/** Of what is wrong with audit trails: that somebody tampered with them is an answer, not a failed request. */
const AUDIT_STATUS: Partial<Record<AuditErrorCode, number>> = {
  'audit-part-missing': 409,
  'audit-heads-missing': 409,
  'audit-chain-unread': 502,
};

export function problemOf(error: WardflowError): ConsoleProblem {
  const seconds = error.details['seconds'];
  return {
    type: `urn:wardflow:problem:${error.code}`,
    title: error.message,
    status: statusOf(error.code),
    code: error.code,
    remedy: error.remedy,
    ...(typeof seconds === 'number' ? { retryAfter: seconds } : {}),
  };
}

/** Not a refusal: the disk is. */
const SERVER_SIDE: ReadonlySet<string> = new Set(['trust-store-unwritable', 'release-unwritable']);

/** What people signed, what is released, and what a proposal is, is refused with the sentence of its own part. */
function statusOf(code: string): number {
  const known = STATUS[code as keyof typeof STATUS] ?? PROPOSAL_STATUS[code] ?? AUDIT_STATUS[code as AuditErrorCode];
  if (known !== undefined) return known;
  if (Object.hasOwn(proposalErrors.entries, code)) return 409;
  if (SERVER_SIDE.has(code)) return 500;
  return Object.hasOwn(bundleErrors.entries, code) || Object.hasOwn(releaseErrors.entries, code) ? 422 : 500;
}

export function sendProblem(response: Response, error: WardflowError): void {
  const problem = problemOf(error);
  if (problem.retryAfter !== undefined) response.setHeader('Retry-After', String(problem.retryAfter));
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** The last stop of every request that failed. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = knownError(error);
    if (known.code === 'console-failed') log.error('a request failed', { error });
    if (response.headersSent) next(error);
    else sendProblem(response, known);
  };
}

function knownError(error: unknown): WardflowError {
  if (error instanceof WardflowError) return error;
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return consoleErrors.create('request-too-large');
  if (type === 'entity.parse.failed' || errorName(error) === 'URIError')
    return consoleErrors.create('request-invalid', { field: type === undefined ? 'address' : 'body' });
  return consoleErrors.create('console-failed', {}, { cause: error });
}
