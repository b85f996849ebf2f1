/** The memory that the unfinished frames of one listener take together. */
export class FrameBudget<Connection> {
  readonly #limit: number;
  readonly #held = new Map<Connection, number>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Notes what a connection holds now. Returns those to close, the largest first, until the rest fits; they are dropped. */
  set(connection: Connection, bytes: number): Connection[] {
    this.#total += bytes - (this.#held.get(connection) ?? 0);
    if (bytes > 0) this.#held.set(connection, bytes);
    else this.#held.delete(connection);
    const tooMuch: Connection[] = [];
    while (this.#total > this.#limit) {
      const largest = this.#largest();
      if (largest === undefined) break;
      this.drop(largest);
      tooMuch.push(largest);
    }
    return tooMuch;
  }

  drop(connection: Connection): void {
    this.#total -= this.#held.get(connection) ?? 0;
    this.#held.delete(connection);
  }

  #largest(): Connection | undefined {
    let found: Connection | undefined;
    let most = 0;
    for (const [connection, bytes] of this.#held) if (bytes > most) [found, most] = [connection, bytes];
    return found;
  }
}
