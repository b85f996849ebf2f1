/**
 * Stops calling a server that does not answer, so that work waits for it instead of failing one by one.
 *
 *   closed -several failures in a row, or too many of the latest-> open -its time is over-> half-open
 *   half-open -the probe succeeds-> closed            half-open -the probe fails-> open, for twice as long
 *
 * Half-open lets one call through at a time. The waits are jittered: runtimes that lost one server must not all come back
 * to it in the same moment.
 */
import type { Clock, Millis } from '../base/clock.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a call says about the server; `unclear`: nothing (it was cut off by us, or told to wait). */
export type CallVerdict = 'up' | 'down' | 'unclear';

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly onChange: (state: CircuitState) => void;
  readonly limits?: Partial<CircuitLimits>;
}

export interface CircuitLimits {
  /** So many failures in a row open it. */
  readonly failuresInARow: number;
  /** Of the latest so many calls … */
  readonly latest: number;
  /** … this share of failures opens it, … */
  readonly failedShare: number;
  /** … where they are not older than this. */
  readonly latestWithinMs: Millis;
  readonly firstOpenMs: Millis;
  readonly longestOpenMs: Millis;
}

/** Short enough that an urgent message goes out soon after the server is back. */
export const CIRCUIT_LIMITS: CircuitLimits = {
  failuresInARow: 5,
  latest: 20,
  failedShare: 0.5,
  latestWithinMs: 30_000,
  firstOpenMs: 1_000,
  longestOpenMs: 15_000,
};

export interface Permit {
  readonly probe: boolean;
  /** Calls that began before the state changed say nothing about the state that followed. */
  readonly life: number;
}

export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #limits: CircuitLimits;
  #state: CircuitState = 'closed';
  #life = 0;
  #inARow = 0;
  #latest: { readonly at: Millis; readonly failed: boolean }[] = [];
  #openMs: Millis;
  #until: Millis | null = null;
  #probing = false;
  #cancel: () => void = () => undefined;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
    this.#limits = { ...CIRCUIT_LIMITS, ...options.limits };
    this.#openMs = this.#limits.firstOpenMs;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** When it lets a probe through; `null` unless open. */
  get until(): Millis | null {
    return this.#until;
  }

  /** May a call be made now? What is permitted must end in `note`. */
  admit(): Permit | { readonly waitMs: Millis } {
    switch (this.#state) {
      case 'closed':
        return { probe: false, life: this.#life };
      case 'open':
        return { waitMs: Math.max(0, (this.#until ?? 0) - this.#options.clock.now()) };
      case 'half-open':
        if (this.#probing) return { waitMs: this.#openMs };
        this.#probing = true;
        return { probe: true, life: this.#life };
      default:
        return never(this.#state);
    }
  }

  note(permit: Permit, verdict: CallVerdict): void {
    if (permit.life !== this.#life) return;
    if (permit.probe) {
      this.#probing = false;
      if (verdict === 'up') this.#close();
      else if (verdict === 'down') this.#open(Math.min(this.#openMs * 2, this.#limits.longestOpenMs));
      return;
    }
    if (verdict === 'unclear') return;
    this.#count(verdict === 'down');
    if (this.#inARow >= this.#limits.failuresInARow || this.#tooManyFailed()) this.#open(this.#limits.firstOpenMs);
  }

  stop(): void {
    this.#cancel();
  }

  #count(failed: boolean): void {
    const { clock } = this.#options;
    this.#inARow = failed ? this.#inARow + 1 : 0;
    this.#latest.push({ at: clock.now(), failed });
    if (this.#latest.length > this.#limits.latest) this.#latest.shift();
  }

  #tooManyFailed(): boolean {
    const { latest, failedShare, latestWithinMs } = this.#limits;
    const since = this.#options.clock.now() - latestWithinMs;
    const recent = this.#latest.filter(({ at }) => at >= since);
    return recent.length === latest && recent.filter(({ failed }) => failed).length >= latest * failedShare;
  }

  #open(forMs: Millis): void {
    const { clock, random } = this.#options;
    this.#openMs = forMs;
    this.#until = clock.now() + Math.round(forMs * (0.75 + random() * 0.5));
    this.#cancel = clock.at(this.#until, () => {
      this.#until = null;
      this.#become('half-open');
    });
    this.#become('open');
  }

  #close(): void {
    this.#openMs = this.#limits.firstOpenMs;
    this.#become('closed');
  }

  #become(state: CircuitState): void {
    this.#state = state;
    this.#life++;
    this.#probing = false;
    this.#inARow = 0;
    this.#latest = [];
    this.#options.onChange(state);
  }
}

function never(state: never): never {
  throw new TypeError(`not a state of a circuit: ${String(state)}`);
}
