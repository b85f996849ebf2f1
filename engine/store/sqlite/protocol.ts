/** What crosses between the process and its two store workers: batches of calls one way, their results in order the other. */
import type { ErrorDetails } from '../../base/errors.ts';
import type { Settings } from './connection.ts';

export interface WorkerStart {
  readonly path: string;
}

export interface Batch {
  readonly calls: readonly (readonly [operation: string, args: readonly unknown[]])[];
  /** The bytes of all calls in one buffer that is handed over, not copied. */
  readonly bytes: ArrayBuffer;
}

/** `'close'` ends the worker after all that was sent before. */
export type ToWorker = Batch | 'close';

export interface SentError {
  readonly code: string;
  readonly details: ErrorDetails;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly settings: Settings }
  | { readonly kind: 'refused'; readonly error: SentError }
  | {
      readonly kind: 'results';
      readonly results: readonly unknown[];
      /** Which results are errors. */
      readonly errors: readonly (readonly [index: number, error: SentError])[];
      readonly bytes: ArrayBuffer;
    };
