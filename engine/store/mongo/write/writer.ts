import type { Collections } from '../documents.ts';

/** What stays the same from one transaction of a store to the next. */
export interface Writer {
  readonly collections: Collections;
  /** Name of the audit chain that this store appends to. */
  readonly chain: string;
  /** Where this writer counts. */
  readonly place: string;
  /** The newest minute that was counted in. */
  newestMinute: string;
}
