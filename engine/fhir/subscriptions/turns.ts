/** Each has its own turn: one whose server hangs keeps none of the others waiting. */
import type { Clock, Millis } from '../../base/clock.ts';
import { Alarm } from '../../schedule/alarm.ts';

export interface Tended {
  readonly dueAt: Millis;
  /** Does what is due. Rejects only where the store fails. */
  tend(): Promise<void>;
}

export interface TurnsOptions {
  readonly clock: Clock;
  readonly all: () => Iterable<Tended>;
  readonly onStoreFailure: (error: unknown) => void;
}

const STORE_RETRY_MS: Millis = 5_000;

export class Turns {
  readonly #options: TurnsOptions;
  readonly #alarm: Alarm;
  readonly #busy = new Map<Tended, Promise<void>>();
  /** After the store has failed. */
  readonly #notBefore = new WeakMap<Tended, Millis>();
  #running = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#look());
  }

  start(): void {
    this.#running = true;
    this.#look();
  }

  /** Something may be due sooner than it was. */
  wake(): void {
    if (this.#running) this.#alarm.ring(this.#options.clock.now());
  }

  /** Resolves when all that is under way is done. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.off();
    await Promise.all(this.#busy.values());
  }

  #look(): void {
    if (!this.#running) return;
    const now = this.#options.clock.now();
    let next = Infinity;
    for (const one of this.#options.all()) {
      if (this.#busy.has(one)) continue;
      const at = Math.max(one.dueAt, this.#notBefore.get(one) ?? 0);
      if (at <= now) this.#busy.set(one, this.#turn(one));
      else next = Math.min(next, at);
    }
    if (next !== Infinity) this.#alarm.ring(next);
  }

  async #turn(one: Tended): Promise<void> {
    const { clock, onStoreFailure } = this.#options;
    try {
      await one.tend();
    } catch (error) {
      this.#notBefore.set(one, clock.now() + STORE_RETRY_MS);
      onStoreFailure(error);
    }
    this.#busy.delete(one);
    this.wake();
  }
}
