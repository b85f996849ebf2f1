import type { Collections } from './documents.ts';

/** A range that lay unused so long is dropped, so that what another runtime took meanwhile is not sorted behind it. */
const STALE_AFTER_MS = 500;
const RANGE = 512;

/** Sequence numbers, taken from a counter document in ranges. A range that is lost leaves a gap, nothing more. */
export class Sequences {
  readonly #collection: Collections['sequences'];
  #next = 0;
  #end = 0;
  #takenAt = -Infinity;

  constructor(collection: Collections['sequences']) {
    this.#collection = collection;
  }

  /** The first of `n` numbers in a row. */
  async take(n: number): Promise<number> {
    if (n === 0) return 0;
    const now = performance.now();
    if (this.#end - this.#next < n || now - this.#takenAt > STALE_AFTER_MS) {
      const by = Math.max(RANGE, n);
      const document = await this.#collection.findOneAndUpdate(
        { _id: 'seq' },
        { $inc: { next: by } },
        { upsert: true, returnDocument: 'after' },
      );
      this.#end = (document?.next ?? by) + 1;
      this.#next = this.#end - by;
      this.#takenAt = now;
    }
    const first = this.#next;
    this.#next += n;
    return first;
  }
}
