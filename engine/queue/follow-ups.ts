/**
 * When to claim after an item was settled. While there is more work than places, or keys whose next item waits, a settling
 * is followed by a claim at once, in the same batch of the store. When the last such claim brought nothing, the settling
 * may wait a moment for the next message and go to the store with it; only where none comes is a claim made for it alone.
 */

/** A claim is made for a settling alone when none has followed it for so long. */
const QUIET_MS = 2;
/** Settlings that follow closely on each other, and no claim between them, put one off so long at most. */
const LONGEST_MS = 10;

export class FollowUps {
  readonly #claim: () => void;
  #eager = true;
  #claims = 0;
  /** How many claims had been made when the last settling was. */
  #claimsThen = 0;
  /** When the first settling was that no claim has followed. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(claim: () => void) {
    this.#claim = claim;
  }

  /** A settling is to be followed by a claim at once. */
  get eager(): boolean {
    return this.#eager;
  }

  /** A claim goes to the store. */
  asked(): void {
    this.#claims++;
  }

  /** What a claim brought that was made for settled items alone. */
  brought(items: number): void {
    this.#eager = items > 0;
  }

  /** An item's settling goes to the store, and no claim with it. */
  settling(): void {
    const now = performance.now();
    if (this.#claims !== this.#claimsThen || this.#timer === undefined) this.#since = now;
    this.#claimsThen = this.#claims;
    if (this.#timer !== undefined && now - this.#since > LONGEST_MS - QUIET_MS) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ring(), QUIET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #ring(): void {
    this.#timer = undefined;
    if (this.#claims === this.#claimsThen) this.#claim();
  }
}
