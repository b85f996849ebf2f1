/** What crosses between the process and its two store workers: batches of calls one way, their results in order the other. */
import type { ErrorDetails } from '../../base/errors.ts';
import type { Settings } from './connection.ts';

export interface WorkerStart {
  readonly path: string;
  /** How long to wait until another store of the same file has ended, so that messages can be answered early; default 0. */
  readonly ownerWaitMs?: number;
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
  /** `aside`: a file of arrivals that do not follow on what the database has, under the name that it has now. */
  | { readonly kind: 'ready'; readonly settings: Settings; readonly aside?: string }
  | { readonly kind: 'refused'; readonly error: SentError }
  /** Those of the batch at hand whose callers can hear already; `results` of the whole batch follow. */
  | { readonly kind: 'early'; readonly results: readonly (readonly [index: number, result: unknown])[] }
  | {
      readonly kind: 'results';
      readonly results: readonly unknown[];
      /** Which results are errors. */
      readonly errors: readonly (readonly [index: number, error: SentError])[];
      readonly bytes: ArrayBuffer;
      /** Why messages that were answered early are not in the database yet. */
      readonly owed?: SentError;
    };
