/**
 * The one way to an endpoint, whatever is spoken there: is it stopped, asked to be left alone, or not answering (then the
 * call fails at once, as throttled, and nothing was sent); otherwise a place in line, as many at once as it takes.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { WardflowError } from '../base/errors.ts';
import type { Failure, Lane } from '../store/contract/index.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import {
  CircuitBreaker,
  type CallVerdict,
  type CircuitLimits,
  type CircuitState,
  type Permit,
} from './circuit-breaker.ts';
import { endpointErrors } from './errors.ts';
import { createLine } from './line.ts';

export interface DispatchOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Most calls at once. */
  readonly concurrency: number;
  /** An operator's stop that is in force. */
  readonly held: () => { readonly until: Millis | null } | undefined;
  readonly verdictOf: (failure: Failure | null) => CallVerdict;
  /** Something of `view` changed that people look at. */
  readonly onChange: () => void;
  /** So many that wait for the endpoint may come now; 0: no more. */
  readonly onReady: (places: number) => void;
  readonly limits?: Partial<CircuitLimits>;
}

export interface DispatchView {
  readonly circuit: CircuitState;
  /** When an open circuit lets a first call through. */
  readonly openUntil: Millis | null;
  /** It asked to be left alone until then. */
  readonly pausedUntil: Millis | null;
  readonly inFlight: number;
  /** In line for a place. */
  readonly waiting: number;
  /** Calls at once that it gets now, and at most. */
  readonly limit: number;
  readonly mostAtOnce: number;
}

export type Dispatched<T> =
  | { readonly kind: 'ran'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: WardflowError }
  /** The line of its lane is full, or the caller's time was over before a place was free. */
  | { readonly kind: 'no-place' };

export interface EndpointDispatch {
  /** `failureOf` says what the outcome means for the endpoint. `call` must not throw. `lane`: how soon it gets a place. */
  run<T>(
    call: () => Promise<T>,
    failureOf: (value: T) => Failure | null,
    signal: AbortSignal,
    lane: Lane,
  ): Promise<Dispatched<T>>;
  view(): DispatchView;
  /** What an operator stopped goes on: who waits is told. */
  resumed(): void;
  stop(): void;
}

/** Of each lane. */
const LONGEST_LINE = 1_000;
/** Work behind an operator's stop looks again this often; clearing the stop wakes it at once. */
const HELD_RETRY_MS = 300_000;

/** Half-open, one that waits is the probe. */
const READY: Readonly<Record<CircuitState, number>> = { open: 0, 'half-open': 1, closed: 2 };

export function createDispatch(options: DispatchOptions): EndpointDispatch {
  const { name, clock, random, concurrency, held, verdictOf, onChange, onReady } = options;
  const limit = new AdaptiveLimit(clock, concurrency);
  const line = createLine(() => limit.now, LONGEST_LINE);
  let pausedUntil: Millis | null = null;
  let cancelPause: () => void = () => undefined;

  const breaker = new CircuitBreaker({
    clock,
    random,
    limits: options.limits ?? {},
    onChange(state) {
      if (state === 'closed') limit.restart();
      onChange();
      onReady(READY[state] * (state === 'closed' ? concurrency : 1));
    },
  });

  function refusal(): WardflowError | undefined {
    const now = clock.now();
    const stop = held();
    if (stop) {
      const retryAfterMs = stop.until === null ? HELD_RETRY_MS : Math.max(0, stop.until - now);
      return endpointErrors.create('endpoint-held', { endpoint: name }, { retryAfterMs, waitsFor: waitsFor(true) });
    }
    if (pausedUntil !== null && pausedUntil > now) {
      const retryAfterMs = pausedUntil - now;
      return endpointErrors.create(
        'endpoint-asked-to-wait',
        { endpoint: name },
        { retryAfterMs, waitsFor: waitsFor(false) },
      );
    }
    return undefined;
  }

  const waitsFor = (isHeld: boolean): { endpoint: string; held: boolean } => ({ endpoint: name, held: isHeld });

  function pause(ms: Millis): void {
    const until = clock.now() + ms;
    if (ms <= 0 || (pausedUntil !== null && pausedUntil >= until)) return;
    pausedUntil = until;
    cancelPause();
    cancelPause = clock.at(until, () => {
      pausedUntil = null;
      onChange();
      onReady(2 * limit.now);
    });
    onReady(0);
    onChange();
  }

  function learn(permit: Permit, failure: Failure | null, startedAt: Millis, full: boolean): void {
    if (failure?.class === 'throttled') {
      limit.tooMuch(startedAt);
      pause(failure.retryAfterMs ?? 0);
    }
    const verdict = verdictOf(failure);
    if (verdict === 'down') limit.tooMuch(startedAt);
    else if (failure === null) limit.wentWell(full);
    breaker.note(permit, verdict);
  }

  return {
    async run(call, failureOf, signal, lane) {
      const early = refusal();
      if (early) return { kind: 'refused', error: early };
      if (!(await line.enter(signal, lane))) return { kind: 'no-place' };
      try {
        // Asked again: much may have happened while this call stood in line.
        const late = refusal();
        if (late) return { kind: 'refused', error: late };
        const permit = breaker.admit();
        if ('waitMs' in permit) {
          const more = { retryAfterMs: permit.waitMs, waitsFor: waitsFor(false) };
          return { kind: 'refused', error: endpointErrors.create('endpoint-circuit-open', { endpoint: name }, more) };
        }
        const startedAt = clock.now();
        const full = line.inFlight() >= limit.now;
        const value = await call();
        learn(permit, failureOf(value), startedAt, full);
        return { kind: 'ran', value };
      } finally {
        line.leave();
      }
    },
    view: () => ({
      circuit: breaker.state,
      openUntil: breaker.until,
      pausedUntil,
      inFlight: line.inFlight(),
      waiting: line.waiting(),
      limit: limit.now,
      mostAtOnce: concurrency,
    }),
    resumed: () => onReady(2 * limit.now),
    stop() {
      breaker.stop();
      cancelPause();
    },
  };
}
