/**
 * Bodies that the process has just handed to the store, by message: the first claim, which follows moments later, takes
 * them from here and none crosses the threads again. Both sides forget the oldest first, the writer sooner than the
 * process; what is missing after all is read from the database.
 */
const MOST = 1024;
const LARGEST = 8192;
/** How many the writer believes to be there. */
export const MOST_EXPECTED = 512;

export class RecentBodies {
  readonly #bodies = new Map<string, Uint8Array>();

  /** `false`: too large to be kept here. */
  add(messageId: string, bytes: Uint8Array): boolean {
    if (bytes.length > LARGEST) return false;
    this.#bodies.set(messageId, bytes);
    if (this.#bodies.size > MOST) this.#bodies.delete(this.#bodies.keys().next().value ?? '');
    return true;
  }

  /** Taken once: who claims the message a second time reads it from the database. */
  take(messageId: string): Uint8Array | undefined {
    const bytes = this.#bodies.get(messageId);
    this.#bodies.delete(messageId);
    return bytes;
  }
}
