import type { WardflowError } from '../base/errors.ts';
import type { Failure } from '../store/contract/index.ts';

/** A catalogued error as the failure that a work item or an effect keeps. */
export function failureOf(error: WardflowError, node?: Failure['node']): Failure {
  return {
    class: error.failureClass,
    code: error.code,
    text: error.message,
    remedy: error.remedy,
    ...(node && { node }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    ...(error.waitsFor && { waitsFor: error.waitsFor }),
  };
}
