/**
 * The dispatcher pulls: it claims for every source what the source may still have in flight, all in one store call, hands
 * the items over, and settles each as the retry policy says. One claim runs at a time; what is freed meanwhile waits for
 * the next, so batches grow with the load by themselves. Idle, it waits for `wake`, the next due moment that the store
 * names, or the safety poll (items that another process made claimable). A little long: what happens to an item between
 * its claim and its settling is read here from top to bottom; leases, lanes, suspects and settling are files of their own.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveFeed } from '../engine.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { ClaimedWork, ClaimRequest, Lane, Settlement, WorkQueue } from '../store/contract/index.ts';
import { queueErrors } from './errors.ts';
import { failureOf } from './failure.ts';
import { Flights, type Flight } from './flights.ts';
import { FollowUps } from './follow-ups.ts';
import { LanePlan } from './lane-plan.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { settlementAfter, type RetryPolicy } from './retry.ts';
import { MOST_INTERRUPTIONS, Suspects } from './suspects.ts';
import type { Held, Holding } from './holding.ts';
import { failedWith, Settler, type DeathChildren, type SettleOutcome } from './settler.ts';
import type { Dispatcher, WorkResult, WorkSource } from './source.ts';

export interface DispatcherOptions {
  readonly work: WorkQueue;
  /** The store takes calls in the order in which they were made. */
  readonly ordered: boolean;
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
  /** What operators have stopped is not claimed. Whoever lets it go on calls `wake`. */
  readonly held?: { source(source: WorkSource): boolean; lane(lane: Lane): boolean };
  /** What goes to a person instead. */
  readonly holding?: Holding;
}

/** Of one source in one claim: enough to keep it busy, little enough to hand over between two turns of the event loop. */
const MOST_PER_CLAIM = 128;
const SAFETY_POLL_MS = 30_000;
/** After the store could not be asked (disk full, locked). */
const STORE_RETRY_MS = 1000;
/** Suspects are put off by this much one after the other, so that each finds its turn. */
const HELD_BACK_MS = 200;
/** Draining waits this long for a store that does not answer, beside what it waits for the flows. */
const STORE_PATIENCE_MS = 5000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new PullDispatcher(options);
}

class PullDispatcher implements Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #flights = new Flights();
  readonly #settler: Settler;
  readonly #leases: LeaseKeeper;
  readonly #suspects: Suspects;
  readonly #lanes: LanePlan;
  /** Rings when something may have become claimable by the passing of time. */
  readonly #due: Alarm;
  readonly #followUps = new FollowUps(() => this.#ask());
  #running = false;
  /** Something may be claimable that the last claim did not see. */
  #dirty = false;
  /** Not for settled items alone. */
  #woken = false;
  #scheduled = false;
  #pumping: Promise<void> | null = null;
  /** Draining waits for it: nobody may ask the store after that. */
  #looking: Promise<void> = Promise.resolve();
  /** All was given back; what the store hands over now was asked for before. */
  #drained = false;
  /** Draining waits for this: nothing in flight any more. */
  #landed: (() => void) | null = null;

  constructor(options: DispatcherOptions) {
    const { clock } = options;
    this.#options = options;
    this.#lanes = new LanePlan((lane) => options.held?.lane(lane) ?? false);
    this.#due = new Alarm(clock, () => this.#look());
    this.#settler = new Settler(options);
    this.#suspects = new Suspects({ ...options, flights: this.#flights });
    this.#leases = new LeaseKeeper({
      ...options,
      flights: this.#flights,
      onLost: (flight) => {
        options.holding?.forget(flight.work);
        this.#end(flight);
        this.wake();
      },
    });
  }

  addSource(source: WorkSource): () => void {
    const remove = this.#flights.place(source);
    this.wake();
    return remove;
  }

  serves(sourceId: string): boolean {
    return (this.#flights.slotOf(sourceId)?.source ?? null) !== null;
  }

  wake(): void {
    this.#woken = true;
    this.#ask();
  }

  #ask(): void {
    this.#dirty = true;
    if (this.#scheduled || !this.#running) return;
    this.#scheduled = true;
    // One turn later, so that all that ends in this turn is claimed for at once.
    setImmediate(() => {
      this.#scheduled = false;
      void this.#pump();
    });
  }

  tellOfDeaths(make: DeathChildren): void {
    this.#settler.tellOfDeaths(make);
  }

  inFlight(): number {
    return this.#flights.size;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#drained = false;
    this.#settler.goOn();
    // Leases and retries of an earlier life are known to the store alone.
    this.#look();
  }

  async finish(work: ClaimedWork, result: WorkResult): Promise<SettleOutcome> {
    const flight = this.#flights.find(work);
    if (!flight) return 'lost-lease';
    const { clock, random, policies } = this.#options;
    const after = this.#options.holding?.after(work, result);
    if (after) return this.#hold(flight, result, await after);
    const now = clock.now();
    return this.#settle(
      flight,
      result,
      result.outcome.kind === 'done'
        ? { kind: 'done' }
        : settlementAfter(result.outcome.failure, work, now, random, policies),
      now,
    );
  }

  holdLease<T>(work: Pick<ClaimedWork, 'id' | 'fence'>, until: Promise<T>): Promise<T> {
    return this.#leases.hold(work, until);
  }

  async drain(withinMs: number): Promise<void> {
    const { clock, log } = this.#options;
    const patience = clock.now() + withinMs + STORE_PATIENCE_MS;
    this.#running = false;
    this.#due.off();
    this.#followUps.stop();
    const quiet = await this.#within(patience, this.#pumping ?? Promise.resolve(), this.#looking);
    if (this.#flights.size > 0 && withinMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = clock.at(clock.now() + withinMs, resolve);
        this.#landed = () => {
          cancel();
          resolve();
        };
      });
      this.#landed = null;
    }
    this.#flights.endAll();
    this.#leases.stop();
    // What has ended is settled before the rest is given back, however long the store takes.
    const settled = await this.#within(patience, this.#settler.none());
    this.#settler.giveUp();
    // Also what was claimed while draining began, and never handed over.
    this.#drained = true;
    const released = await this.#within(patience, this.#release());
    if (!quiet || !settled || !released)
      log.warn('The store did not answer while work was brought to its end; the rest is delivered again later.');
  }

  async #release(): Promise<void> {
    const { work, owner, clock, onStoreFailure } = this.#options;
    await work.release(owner, clock.now()).catch(onStoreFailure);
  }

  /** `false`: `until` came before all of them had ended. */
  async #within(until: Millis, ...work: readonly Promise<void>[]): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<false>();
    const cancel = this.#options.clock.at(until, () => resolve(false));
    const ended = Promise.all(work).then(() => true);
    return Promise.race([ended, promise]).finally(cancel);
  }

  /** One at a time; whoever asks while it runs is served by another round of it. */
  #pump(): Promise<void> {
    this.#pumping ??= this.#claimAll().finally(() => {
      this.#pumping = null;
      if (this.#dirty) this.#ask();
    });
    return this.#pumping;
  }

  async #claimAll(): Promise<void> {
    const { work, clock, onStoreFailure } = this.#options;
    while (this.#running && this.#dirty) {
      this.#dirty = false;
      const woken = this.#woken;
      this.#woken = false;
      const requests = this.#requests();
      // All are full: the next `finish` asks again.
      if (requests.length === 0) return;
      let claimed: readonly ClaimedWork[];
      this.#followUps.asked();
      try {
        claimed = await work.claim(requests);
      } catch (error) {
        onStoreFailure(error);
        this.#due.ring(clock.now() + STORE_RETRY_MS);
        return;
      }
      // Answers that came with the same commit leave first: a sender with one message in flight waits for nothing else.
      if (claimed.length > 0) await turn();
      if (this.#drained && claimed.length > 0) return void this.#release();
      this.#lanes.learn(claimed, clock.now());
      if (!woken) this.#followUps.brought(claimed.length);
      if (!this.#running) return;
      // Where less than the batch limit was free, the source is full now and `finish` asks again.
      if (claimed.length >= MOST_PER_CLAIM) this.#dirty = true;
      const doubtful = claimed.filter((item) => !this.#handOver(item));
      if (doubtful.length > 0) void this.#handOverDoubtful(doubtful);
    }
  }

  #requests(): readonly ClaimRequest[] {
    const { clock, owner, held } = this.#options;
    const now = clock.now();
    const requests: ClaimRequest[] = [];
    for (const { source, inFlight } of this.#flights.slots()) {
      if (!source || held?.source(source)) continue;
      const limit = Math.min(source.capacity - inFlight, MOST_PER_CLAIM);
      if (limit <= 0) continue;
      const version = source.version?.();
      const to = { subscription: source.id, owner, now, leaseUntil: now + source.leaseMs, ...(version && { version }) };
      for (const part of this.#lanes.parts(source.id, limit)) requests.push({ ...to, ...part });
    }
    return requests;
  }

  /** `false`: it is in flight, but has to be looked at before it is delivered. */
  #handOver(work: ClaimedWork): boolean {
    const slot = this.#flights.slotOf(work.subscription) ?? { source: null, inFlight: 0 };
    const leaseMs = slot.source?.leaseMs ?? work.leaseUntil - this.#options.clock.now();
    const flight = this.#flights.take(work, slot, leaseMs);
    this.#due.ring(work.leaseUntil);
    this.#options.live.publish({ kind: 'message', id: work.messageId });
    if (this.#suspects.mayBe(work)) return false;
    this.#deliver(flight);
    return true;
  }

  async #handOverDoubtful(items: readonly ClaimedWork[]): Promise<void> {
    const here = (flight: Flight): boolean => this.#flights.find(flight.work) === flight;
    const flights = items.flatMap((item) => this.#flights.find(item) ?? []);
    const { ended, harmless, alone, putOff } = await this.#suspects.judge(flights);
    const tooOften = queueErrors.create('interrupted-too-often', { attempts: MOST_INTERRUPTIONS });
    for (const { flight, node } of ended) void this.finish(flight.work, failedWith(failureOf(tooOften, node)));
    for (const flight of harmless.filter(here)) this.#deliver(flight);
    // Before the one that may end the process is delivered: they must not be in flight with it.
    await Promise.all(
      putOff.filter(here).map((flight, nth) => this.#giveBack(flight, 'held-back', (nth + 1) * HELD_BACK_MS)),
    );
    if (alone && here(alone)) this.#deliver(alone);
  }

  #deliver(flight: Flight): void {
    const asked = this.#options.holding?.before(flight.work);
    if (asked) void this.#deliverUnlessHeld(flight, asked);
    else this.#toSource(flight);
  }

  async #deliverUnlessHeld(flight: Flight, asked: Promise<Held | null>): Promise<void> {
    const here = (): boolean => this.#flights.find(flight.work) === flight;
    try {
      const held = await asked;
      if (!here()) return;
      if (held) await this.#hold(flight, { outcome: { kind: 'done' }, trace: [], version: null }, held);
      else this.#toSource(flight);
    } catch (error) {
      this.#options.onStoreFailure(error);
      if (here()) await this.#giveBack(flight, 'fallback-unknown', STORE_RETRY_MS);
    }
  }

  #hold(flight: Flight, result: WorkResult, { held, audit, children }: Held): Promise<SettleOutcome> {
    const all = {
      ...result,
      audit: [...(result.audit ?? []), ...audit],
      children: [...(result.children ?? []), ...children],
    };
    return this.#settle(flight, all, { kind: 'held', held }, this.#options.clock.now());
  }

  #toSource(flight: Flight): void {
    const { work, slot } = flight;
    const { source } = slot;
    if (!source) {
      void this.#giveBack(flight, 'source-gone', 0);
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

  #giveBack(
    flight: Flight,
    code: 'source-gone' | 'held-back' | 'fallback-unknown',
    afterMs: Millis,
  ): Promise<SettleOutcome> {
    const failure = failureOf(queueErrors.create(code, { source: flight.work.subscription }));
    const now = this.#options.clock.now();
    const settlement = { kind: 'retry', at: now + afterMs, counts: false, failure } as const;
    return this.#settle(flight, failedWith(failure), settlement, now);
  }

  #endLate(flight: Flight, now: Millis): Promise<SettleOutcome> {
    const { work, slot } = flight;
    this.#options.holding?.forget(work);
    const failure = failureOf(queueErrors.create('lease-ran-out'), slot.source?.openAt?.(work));
    return this.#settle(flight, failedWith(failure), { kind: 'retry', at: now, counts: true, failure }, now);
  }

  #settle(flight: Flight, result: WorkResult, settlement: Settlement, at: Millis): Promise<SettleOutcome> {
    const { id, messageId } = flight.work;
    this.#end(flight);
    this.#suspects.settled(id, settlement);
    const unhurried =
      this.#options.ordered && settlement.kind === 'done' && !result.children?.length && !this.#followUps.eager;
    // Before the settling is asked for: the claim is then made before a store that sends once a turn has sent it, so that
    // both go together, the claim behind the settling in the store's own order, and it sees the key's next item.
    if (unhurried) this.#followUps.settling();
    else this.#ask();
    const settled = this.#settler.settle(flight.work, result, settlement, at, unhurried, flight.leaseUntil);
    return settled.then(({ outcome, settlement: kept }) => {
      if (outcome === 'settled' && this.#running) this.#expect(kept, result);
      this.#options.live.publish({ kind: 'message', id: messageId });
      return outcome;
    });
  }

  /** Moments that the settling has made: a retry, the end of parking. */
  #expect(settlement: Settlement, result: WorkResult): void {
    if (settlement.kind === 'retry') this.#due.ring(settlement.at);
    // Who is told of a death may have had to be looked up: its items then came behind the claim asked for above.
    if (settlement.kind === 'dead') this.#ask();
    if (settlement.kind !== 'done' && settlement.kind !== 'held') return;
    for (const { child } of result.children ?? []) if (child?.notBefore !== undefined) this.#due.ring(child.notBefore);
  }

  #end(flight: Flight): void {
    this.#flights.end(flight);
    if (this.#flights.size === 0) this.#landed?.();
  }

  #look(): void {
    this.#looking = Promise.all([this.#looking, this.#lookAgain()]).then(() => undefined);
  }

  /** Time has passed: lost leases go back, what is due is claimed, and the store says when to look again. */
  async #lookAgain(): Promise<void> {
    const { work, clock, log, onStoreFailure, safetyPollMs = SAFETY_POLL_MS } = this.#options;
    const now = clock.now();
    let next = now + safetyPollMs;
    try {
      // Ours first, since we can say where they are; what is left belongs to processes that are gone.
      const late = await Promise.all(this.#flights.expired(now).map((flight) => this.#endLate(flight, now)));
      const expired = late.length + (await work.expireLeases(now));
      if (expired > 0) log.warn('Leases ran out; the items are delivered again.', { count: expired });
      this.#dirty = true;
      // Before the store is asked for the next due moment: what is due now would be its answer.
      await this.#pump();
      if (!this.#running) return;
      const due = await work.nextDue(now);
      // What is due and was not claimed (its source is full, or gone) is claimed for when that changes.
      if (due !== null && due > now) next = Math.min(due, next);
    } catch (error) {
      onStoreFailure(error);
      next = now + STORE_RETRY_MS;
    }
    if (this.#running) this.#due.ring(next);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
