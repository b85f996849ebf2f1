/** Who may connect when many want to: a sender that is known to send is never given up for one that is not. */
export interface Admitted {
  /** It has sent a whole frame. */
  readonly hasSent: boolean;
}

export interface AdmissionLimits {
  readonly maxConnections: number;
  readonly maxPerAddress: number;
}

export class Admission<Connection extends Admitted> {
  readonly #limits: AdmissionLimits;
  /** In order of arrival. */
  readonly #addresses = new Map<Connection, string>();

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#addresses.size;
  }

  get open(): Iterable<Connection> {
    return this.#addresses.keys();
  }

  enter(connection: Connection, address: string): void {
    this.#addresses.set(connection, address);
  }

  leave(connection: Connection): void {
    this.#addresses.delete(connection);
  }

  /**
   * `free`: there is room. A connection: the one to close for it, which has never sent a message: the oldest such of the
   * address that holds the most, since whoever fills a listener does so from few addresses. `undefined`: no room.
   */
  roomFor(address: string): 'free' | Connection | undefined {
    const held = new Map<string, number>();
    for (const one of this.#addresses.values()) held.set(one, (held.get(one) ?? 0) + 1);
    const { maxConnections, maxPerAddress } = this.#limits;
    if ((held.get(address) ?? 0) >= maxPerAddress) return this.#silent((one) => (one === address ? 1 : 0));
    if (this.size >= maxConnections) return this.#silent((one) => held.get(one) ?? 0);
    return 'free';
  }

  #silent(weight: (address: string) => number): Connection | undefined {
    let found: Connection | undefined;
    let heaviest = 0;
    for (const [connection, address] of this.#addresses) {
      const weighs = weight(address);
      if (connection.hasSent || weighs <= heaviest) continue;
      [found, heaviest] = [connection, weighs];
    }
    return found;
  }
}
