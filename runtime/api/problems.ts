/** Answers in RFC 9457 form. Whatever is thrown becomes one; a foreign error shows its class only, never its text. */
import type { NextFunction, Request, Response } from 'express';
import { WardflowError, defineErrors, errorName, type Log } from '../../engine/index.ts';
import type { ApiProblem } from './contract.ts';

export const apiErrors = defineErrors({
  'not-authorised': {
    class: 'permanent',
    text: 'The request carries no valid service token.',
    remedy: 'Send "Authorization: Bearer" with the token from the runtime\'s service-token file.',
  },
  'actor-missing': {
    class: 'permanent',
    text: 'The request does not name who acts.',
    remedy: 'Send the header Wardflow-Actor, for example "user:ana" or "cli:root".',
  },
  'api-request-invalid': {
    class: 'permanent',
    text: 'The request cannot be used: {reason}.',
    remedy: 'Correct the field named.',
  },
  'api-not-found': {
    class: 'permanent',
    text: 'There is no such {thing}.',
    remedy: 'Look at the list; it may have been removed.',
  },
  conflict: {
    class: 'permanent',
    text: 'This cannot be done now: {reason}.',
    remedy: 'Load the current state and decide again.',
  },
  'reread-feed-stopped': {
    class: 'permanent',
    text: 'Feed {feed} was stopped by an operator, so nothing is read for it: {reason}',
    remedy: 'Let the feed go on first ("npx wardflow resume feed {feed}"), then read the message again.',
  },
  'too-large': {
    class: 'permanent',
    text: 'The request body is too large.',
    remedy: 'Send less at a time.',
  },
  'unreadable-message': {
    class: 'permanent',
    text: 'This is no HL7 v2 message that could be shown: {reason}',
    remedy: 'Take the whole message, from MSH on, with each segment on a line of its own.',
  },
  'effect-did-not-happen': {
    class: 'permanent',
    text: 'A person looked and found that this did not happen.',
    remedy: 'Redrive the message: the action is taken again.',
  },
  'outside-scope': {
    class: 'permanent',
    text: 'This belongs to a definition or service line that you do not answer for.',
    remedy: 'Ask somebody who does, or an administrator for a wider role.',
  },
  'task-not-yours': {
    class: 'permanent',
    text: 'The task waits for somebody else: it is not yours, and the roster does not give you its role now.',
    remedy: 'Have it assigned to you; whoever may assign tasks can give it to themselves, with a reason.',
  },
  'escalation-task-ownerless': {
    class: 'permanent',
    text: 'Answering would end the ladder with nobody on its task, which is {state}.',
    remedy: 'Assign the task to somebody, or resume or retry it; whoever then takes it over has answered.',
  },
  'fhir-look-slow': {
    class: 'transient',
    text: 'The server has not answered within 15 seconds.',
    remedy: "Ask for less, or try again; a message of a flow waits as long as the endpoint's binding says.",
  },
  'fhir-look-busy': {
    class: 'throttled',
    text: 'Servers were asked by hand too often in a short time.',
    remedy: 'Try again in a few seconds.',
  },
  starting: {
    class: 'transient',
    text: 'The runtime is starting.',
    remedy: 'Ask again in a few seconds.',
  },
  'too-many-listeners': {
    class: 'transient',
    text: 'Too many live streams are open.',
    remedy: 'Close one and try again.',
  },
  internal: {
    class: 'permanent',
    text: 'The runtime could not answer.',
    remedy: 'Look into its log for the error named there, or run "npx wardflow doctor".',
  },
});

const STATUS: Readonly<Record<string, number>> = {
  'not-authorised': 401,
  'actor-missing': 400,
  'api-request-invalid': 400,
  'api-not-found': 404,
  'outside-scope': 403,
  conflict: 409,
  'reread-feed-stopped': 409,
  'flow-refused': 409,
  'samples-full': 409,
  'report-time': 400,
  'report-zone': 400,
  'report-busy': 503,
  'switch-invalid': 400,
  'difference-unknown': 404,
  'difference-stale': 409,
  'identity-stale': 409,
  'identity-unknown': 404,
  'identity-reason-wrong': 400,
  'identity-survivor-wrong': 400,
  'difference-not-open': 409,
  'difference-not-repeatable': 409,
  'difference-reason-wrong': 400,
  'problem-unknown': 404,
  'problem-stale': 409,
  'problem-about-nothing': 400,
  'problem-text-wrong': 400,
  'problem-answer-missing': 400,
  'task-unknown': 404,
  'task-part-unknown': 404,
  'task-not-yours': 403,
  'escalation-task-ownerless': 409,
  'review-choice-missing': 400,
  'fallback-reason-missing': 400,
  'task-stale': 409,
  'fallback-stale': 409,
  'fallback-not-in-force': 409,
  'fallback-undeclared': 409,
  'review-newer-done': 409,
  'review-still-recommending': 409,
  'task-step-impossible': 409,
  'task-part-waits': 409,
  'task-parts-open': 409,
  'ehr-no-difference': 409,
  'ehr-no-way': 409,
  'task-reason-missing': 400,
  'task-nobody': 400,
  'task-text-too-long': 400,
  'too-large': 413,
  'unreadable-message': 422,
  'rule-check-too-long': 422,
  'rule-check-failed': 422,
  'rule-check-busy': 503,
  'rule-check-no-thread': 503,
  'no-gate': 404,
  'alert-unknown': 404,
  'alert-stale': 409,
  'alert-over': 409,
  'alert-text-needed': 400,
  'fhir-look-busy': 429,
  starting: 503,
  'too-many-listeners': 503,
};

export const invalid = (reason: string): WardflowError => apiErrors.create('api-request-invalid', { reason });
export const notFound = (thing: string): WardflowError => apiErrors.create('api-not-found', { thing });
export const conflict = (reason: string): WardflowError => apiErrors.create('conflict', { reason });

/** Somebody was faster: the answer says so, with the thing as it is now. */
export class Outdated extends Error {
  readonly problem: WardflowError;
  readonly now: unknown;

  constructor(problem: WardflowError, now: unknown) {
    super(problem.message);
    this.problem = problem;
    this.now = now;
  }
}

/** @param otherwise the status of a catalogued error that has none of its own */
export function sendProblem(response: Response, error: unknown, log: Log, otherwise = 500): void {
  const known = known_(error instanceof Outdated ? error.problem : error);
  const status =
    STATUS[known.code] ?? (error instanceof Outdated ? 409 : error instanceof WardflowError ? otherwise : 500);
  if (status === 500) log.error('an API request failed', { code: known.code, error });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem: ApiProblem = {
    type: `https://wardflow.dev/problems/${known.code}`,
    title: known.message,
    status,
    code: known.code,
    remedy: known.remedy,
    ...(error instanceof Outdated && { now: error.now }),
  };
  response.status(status).type('application/problem+json').send(JSON.stringify(problem));
}

export const problemHandler =
  (log: Log) =>
  (error: unknown, _request: Request, response: Response, _next: NextFunction): void =>
    sendProblem(response, error, log);

function known_(error: unknown): WardflowError {
  if (error instanceof WardflowError) return error;
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return apiErrors.create('too-large');
  if (typeof status === 'number' && status >= 400 && status < 500) return invalid('it is not well-formed');
  return apiErrors.create('internal', { error: errorName(error) });
}
