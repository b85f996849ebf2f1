/**
 * The dispatcher pulls: it claims for every source what the source may still have in flight, all in one store call, hands
 * the items over, and settles each as the retry policy says. One claim runs at a time; what is freed meanwhile waits for
 * the next, so batches grow with the load by themselves. Idle, it waits for `wake`, the next due moment that the store
 * names, or the safety poll (items that another process made claimable).
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import { Alarm } from '../schedule/alarm.ts';
import type {
  AuditEntry,
  ClaimedWork,
  ClaimRequest,
  Failure,
  Lane,
  Settlement,
  WorkQueue,
} from '../store/contract/index.ts';
import { queueErrors } from './errors.ts';
import { failureOf } from './failure.ts';
import { Flights, renewalOf, type Flight } from './flights.ts';
import { settlementAfter, type RetryPolicy } from './retry.ts';
import type { Dispatcher, WorkResult, WorkSource } from './source.ts';

export interface DispatcherOptions {
  readonly work: WorkQueue;
  readonly clock: Clock;
  /** In whose name items are claimed. */
  readonly owner: string;
  /** Numbers in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly log: Log;
  readonly live: Pick<LiveFeed, 'publish'>;
  /** The store failed: nothing can be settled. Called once for each failed operation. */
  readonly onStoreFailure: (error: unknown) => void;
  readonly policies?: Readonly<Record<Lane, RetryPolicy>>;
  readonly safetyPollMs?: Millis;
}

/** Of one source in one claim: enough to keep it busy, little enough to hand over between two turns of the event loop. */
const MOST_PER_CLAIM = 128;
const SAFETY_POLL_MS = 30_000;
/** An item interrupted this often in a row, by crashes or lost leases, goes to a person: it may be what ends the process. */
const MOST_INTERRUPTIONS = 8;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new PullDispatcher(options);
}

class PullDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #flights = new Flights();
  /** Rings when something may have become claimable by the passing of time. */
  readonly #due: Alarm;
  /** Rings when a held lease is to be renewed. */
  readonly #renewal: Alarm;
  #running = false;
  /** Something may be claimable that the last claim did not see. */
  #dirty = false;
  #scheduled = false;
  #pumping: Promise<void> | null = null;
  #settling = 0;
  #quiet: (() => void) | null = null;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#due = new Alarm(options.clock, () => void this.#onDue());
    this.#renewal = new Alarm(options.clock, () => void this.#renew());
  }

  addSource(source: WorkSource): () => void {
    const remove = this.#flights.place(source);
    this.wake();
    return remove;
  }

  wake(): void {
    this.#dirty = true;
    this.#schedule();
  }

  inFlight(): number {
    return this.#flights.size;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    // Leases and retries of an earlier life are known to the store alone: the first look finds the next due moment.
    void this.#onDue();
  }

  async finish(work: ClaimedWork, result: WorkResult): Promise<'settled' | 'lost-lease'> {
    const flight = this.#flights.find(work);
    if (!flight) return 'lost-lease';
    this.#flights.end(flight);
    const { clock, random, policies } = this.#options;
    const now = clock.now();
    const settlement: Settlement =
      result.outcome.kind === 'done'
        ? { kind: 'done' }
        : settlementAfter(result.outcome.failure, work, now, random, policies);
    const settled = this.#settle(flight, result, settlement, now);
    // Claimed behind the settling in the store's own order: the key's next item is seen by the same claim.
    this.wake();
    return settled;
  }

  async holdLease<T>(work: Pick<ClaimedWork, 'id' | 'fence'>, until: Promise<T>): Promise<T> {
    const flight = this.#flights.find(work);
    if (!flight) return until;
    this.#flights.hold(flight);
    this.#renewal.ring(renewalOf(flight));
    try {
      return await until;
    } finally {
      this.#flights.unhold(flight);
    }
  }

  async drain(withinMs: number): Promise<void> {
    const { clock, work, owner, onStoreFailure } = this.#options;
    this.#running = false;
    this.#due.off();
    await this.#pumping;
    if (this.#flights.size > 0 || this.#settling > 0) {
      await new Promise<void>((resolve) => {
        const cancel = clock.at(clock.now() + withinMs, resolve);
        this.#quiet = () => {
          cancel();
          resolve();
        };
      });
      this.#quiet = null;
    }
    this.#renewal.off();
    this.#flights.endAll();
    // Also what was claimed while draining began, and never handed over.
    await work.release(owner, clock.now()).catch(onStoreFailure);
  }

  #schedule(): void {
    if (this.#scheduled || !this.#running) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pumping ??= this.#pump().finally(() => {
        this.#pumping = null;
        if (this.#dirty) this.#schedule();
      });
    });
  }

  async #pump(): Promise<void> {
    while (this.#running && this.#dirty) {
      this.#dirty = false;
      const requests = this.#requests();
      // All are full: the next `finish` asks again.
      if (requests.length === 0) return;
      let claimed: readonly ClaimedWork[];
      try {
        claimed = await this.#options.work.claim(requests);
      } catch (error) {
        this.#options.onStoreFailure(error);
        // The safety poll tries again.
        this.#due.ring(this.#options.clock.now() + (this.#options.safetyPollMs ?? SAFETY_POLL_MS));
        return;
      }
      if (!this.#running) return;
      // Where less than the batch limit was free, the source is full now and `finish` asks again.
      if (claimed.length >= MOST_PER_CLAIM) this.#dirty = true;
      for (const work of claimed) this.#handOver(work);
    }
  }

  #requests(): readonly ClaimRequest[] {
    const { clock, owner } = this.#options;
    const now = clock.now();
    const requests: ClaimRequest[] = [];
    for (const { source, inFlight } of this.#flights.slots()) {
      if (!source) continue;
      const limit = Math.min(source.capacity - inFlight, MOST_PER_CLAIM);
      if (limit > 0) requests.push({ subscription: source.id, limit, owner, now, leaseUntil: now + source.leaseMs });
    }
    return requests;
  }

  #handOver(work: ClaimedWork): void {
    const slot = this.#flights.slotOf(work.subscription) ?? { source: null, inFlight: 0 };
    const leaseMs = slot.source?.leaseMs ?? work.leaseUntil - this.#options.clock.now();
    const flight = this.#flights.take(work, slot, leaseMs);
    this.#due.ring(work.leaseUntil);
    this.#options.live.publish({ kind: 'message', id: work.messageId });
    // Looked at now and then only, since it costs a read, and an outage makes many attempts that did end.
    if (work.attempt > MOST_INTERRUPTIONS && (work.attempt - 1) % MOST_INTERRUPTIONS === 0) {
      void this.#deliverIfNotPoison(flight);
    } else this.#deliver(flight);
  }

  #deliver(flight: Flight): void {
    const { work, slot } = flight;
    const { source } = slot;
    if (!source) {
      this.#giveBack(flight);
      return;
    }
    try {
      source.deliver(work);
    } catch (error) {
      const { subscription } = work;
      this.#options.log.error('A source threw while taking an item.', { workId: work.id, subscription, error });
      void this.finish(work, failedWith(failureOf(queueErrors.create('delivery-failed', { source: subscription }))));
    }
  }

  #giveBack(flight: Flight): void {
    this.#flights.end(flight);
    const failure = failureOf(queueErrors.create('source-gone', { source: flight.work.subscription }));
    const at = this.#options.clock.now();
    void this.#settle(flight, failedWith(failure), { kind: 'retry', at, counts: false, failure }, at);
  }

  async #deliverIfNotPoison(flight: Flight): Promise<void> {
    const { work } = flight;
    try {
      const view = await this.#options.work.get(work.id);
      const before = (view?.attempts ?? []).filter((attempt) => attempt.attempt < work.attempt);
      const last = before.slice(-MOST_INTERRUPTIONS);
      if (last.length === MOST_INTERRUPTIONS && last.every((attempt) => attempt.outcome === 'interrupted')) {
        const error = queueErrors.create('interrupted-too-often', { attempts: MOST_INTERRUPTIONS });
        await this.finish(work, failedWith(failureOf(error)));
        return;
      }
    } catch (error) {
      this.#options.onStoreFailure(error);
    }
    if (this.#flights.find(work) === flight) this.#deliver(flight);
  }

  async #settle(
    flight: Flight,
    result: WorkResult,
    settlement: Settlement,
    at: Millis,
  ): Promise<'settled' | 'lost-lease'> {
    const { work: queue, live, log, onStoreFailure } = this.#options;
    const { work } = flight;
    const audit = [...(result.audit ?? []), ...(settlement.kind === 'dead' ? [deadLetter(work, settlement, at)] : [])];
    this.#settling++;
    try {
      const outcome = await queue.settle({
        workId: work.id,
        fence: work.fence,
        at,
        settlement,
        trace: result.trace,
        version: result.version,
        // What is retried makes its children again when it succeeds.
        ...(settlement.kind === 'done' && result.children && { children: result.children }),
        ...(audit.length > 0 && { audit }),
      });
      if (outcome === 'settled') {
        if (settlement.kind === 'retry') this.#due.ring(settlement.at);
        live.publish({ kind: 'message', id: work.messageId });
      } else log.warn('An item ended after its lease was lost; it is delivered again.', { workId: work.id });
      return outcome;
    } catch (error) {
      onStoreFailure(error);
      return 'lost-lease';
    } finally {
      this.#settling--;
      this.#noteQuiet();
    }
  }

  #noteQuiet(): void {
    if (this.#settling === 0 && this.#flights.size === 0) this.#quiet?.();
  }

  /** Time has passed: lost leases go back, and the store says when to look again. */
  async #onDue(): Promise<void> {
    const { work, clock, log, onStoreFailure, safetyPollMs = SAFETY_POLL_MS } = this.#options;
    const now = clock.now();
    try {
      const expired = await work.expireLeases(now);
      if (expired > 0) log.warn('Leases ran out; the items are delivered again.', { count: expired });
      for (const flight of this.#flights.expired(now)) this.#flights.end(flight);
      this.wake();
      const next = await work.nextDue(now);
      // A moment that has passed (more was due than the store promotes at once) is looked at soon, not in a tight loop.
      if (this.#running) this.#due.ring(Math.max(Math.min(next ?? Infinity, now + safetyPollMs), now + 10));
    } catch (error) {
      onStoreFailure(error);
      if (this.#running) this.#due.ring(now + safetyPollMs);
    }
  }

  async #renew(): Promise<void> {
    const { work: queue, clock, log, onStoreFailure } = this.#options;
    const now = clock.now();
    const due = [...this.#flights.held()].filter((flight) => renewalOf(flight) <= now);
    await Promise.all(
      due.map(async (flight) => {
        const leaseUntil = now + flight.leaseMs;
        try {
          if (await queue.renew(flight.work.id, flight.work.fence, leaseUntil)) flight.leaseUntil = leaseUntil;
          else {
            log.warn('A lease was lost while an effect was in flight.', { workId: flight.work.id });
            this.#flights.end(flight);
            this.#noteQuiet();
            this.wake();
          }
        } catch (error) {
          onStoreFailure(error);
        }
      }),
    );
    for (const flight of this.#flights.held()) this.#renewal.ring(Math.max(renewalOf(flight), now + 1));
  }
}

function failedWith(failure: Failure): WorkResult {
  return { outcome: { kind: 'failed', failure }, trace: [], version: null };
}

function deadLetter(work: ClaimedWork, { failure }: Settlement & { kind: 'dead' }, at: Millis): AuditEntry {
  return {
    at,
    type: 'work.dead',
    actor: 'system',
    messageId: work.messageId,
    workId: work.id,
    definition: work.definition,
    details: { code: failure.code, class: failure.class, attempt: work.attempt },
  };
}
