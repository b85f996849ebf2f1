/**
 * How a failure travels from the node where it happened to `message failed`. A `catch` node passes only text, code and
 * source on, so the whole of it goes beside them as plain data in `msg.failure`: class, remedy, the time to wait and
 * what for.
 */
import {
  expressionErrors,
  isExpressionLimit,
  WardflowError,
  type ErrorEntry,
  type Failure,
} from '../../engine/index.ts';
import { nodeErrors } from './errors.ts';

export interface Place {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

export function failureOf(error: unknown, at: Place): Failure {
  if (error instanceof WardflowError) {
    return {
      class: error.failureClass,
      code: error.code,
      text: error.message,
      remedy: error.remedy,
      node: at,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.waitsFor === undefined ? {} : { waitsFor: error.waitsFor }),
    };
  }
  // The text of a foreign error may quote what it was given.
  return failureOf(nodeErrors.create('flow-error', { node: at.name, type: at.type }, { cause: error }), at);
}

/** A failure that an engine call returned, as the error that a node reports. */
export function errorOf(failure: Failure): WardflowError {
  const entry: ErrorEntry = { class: failure.class, text: failure.text, remedy: failure.remedy ?? '' };
  const { retryAfterMs, waitsFor } = failure;
  return new WardflowError(
    failure.code,
    entry,
    {},
    { ...(retryAfterMs !== undefined && { retryAfterMs }), ...(waitsFor && { waitsFor }) },
  );
}

interface CaughtError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly source?: { readonly id?: unknown; readonly type?: unknown; readonly name?: unknown };
}

/** What `catch` caught: the failure a Wardflow node left, or one made of the error's source alone. */
export function caughtFailure(msg: { readonly [property: string]: unknown }): Failure | undefined {
  const caught = msg['error'] as CaughtError | undefined;
  if (typeof caught !== 'object' || caught === null || typeof caught.source !== 'object') return undefined;
  const left = msg['failure'] as Failure | undefined;
  // An earlier failure that a flow caught and got over is still on the message: it counts only with its own error.
  if (left?.code === caught.code && left?.node?.id === caught.source.id && left?.code !== undefined) return left;
  const type = short(caught.source.type, 'unknown');
  const at = { id: short(caught.source.id, ''), type, name: short(caught.source.name, type) };
  // Of a node of Node-RED's own, which passes on nothing but the text.
  const limit = isExpressionLimit(caught.message)
    ? expressionErrors.create('expression-limit', { field: type, node: at.name })
    : undefined;
  return failureOf(limit, at);
}

const short = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value.slice(0, 80) : otherwise;
