/**
 * One subscription at work. Each of its jobs has a file: `take-in.ts` (what comes), `poller.ts` (what is asked for),
 * `gap-closer.ts` (what is missing) and `caretaker.ts` (the Subscription on the server); here is which of them is due.
 */
import type { Millis } from '../../base/clock.ts';
import type { WardflowError } from '../../base/errors.ts';
import type { SubscriptionRecord } from '../../store/contract/index.ts';
import { Caretaker } from './caretaker.ts';
import { GapCloser } from './gap-closer.ts';
import { AGAIN_MS, Poller } from './poller.ts';
import type { Receipt, ReceivedNotification } from './receiver.ts';
import type { SubscriptionSettings } from './settings.ts';
import { TakeIn } from './take-in.ts';
import { sayTrouble } from './trouble.ts';
import { Due, nothingCounted, type SubscriptionCounts, type WatchOptions, type WatchParts } from './watch-parts.ts';

export class Watch {
  readonly #parts: WatchParts;
  readonly #takeIn: TakeIn;
  readonly #poller: Poller;
  readonly #gaps: GapCloser;
  readonly #caretaker: Caretaker;

  constructor(options: WatchOptions) {
    this.#parts = { ...options, due: new Due(options.clock), counts: nothingCounted(), untold: { polls: 0 } };
    this.#takeIn = new TakeIn(this.#parts);
    this.#poller = new Poller(this.#parts);
    this.#gaps = new GapCloser(this.#parts, this.#takeIn, this.#poller);
    this.#caretaker = new Caretaker(this.#parts);
  }

  get settings(): SubscriptionSettings {
    return this.#parts.settings;
  }

  get now(): SubscriptionRecord {
    return this.#parts.record.now;
  }

  get counts(): Readonly<SubscriptionCounts> {
    return this.#parts.counts;
  }

  /** What changed before it was polled for already, of the server's clock. */
  get polledBefore(): Millis | null {
    return this.#poller.since;
  }

  /** When there is something to do next. */
  get dueAt(): Millis {
    const { due } = this.#parts;
    return Math.min(due.poll, due.check, this.#gaps.dueAt, this.#caretaker.overdueAt);
  }

  /** Does what is due. Rejects only where the store fails. */
  async tend(): Promise<void> {
    const { clock, due } = this.#parts;
    if (this.now.watermark === null && !(await this.#poller.begin())) return;
    if (clock.now() >= due.check) await this.#caretaker.check();
    if (clock.now() >= this.#caretaker.overdueAt) await this.#caretaker.overdue();
    if (clock.now() >= this.#gaps.dueAt) await this.#gaps.close();
    if (clock.now() >= due.poll) await this.#poller.poll();
  }

  /** It could not be tended at all: tried again in a while. */
  async failed(error: WardflowError): Promise<void> {
    const { due, clock } = this.#parts;
    due.poll = due.check = clock.now() + AGAIN_MS;
    await sayTrouble(this.#parts, error);
  }

  /** Where notifications come in has changed: the server is looked at anew. */
  readdressed(): void {
    this.#parts.due.check = 0;
  }

  /** Keeps what came, and says so; what follows from it is done afterwards. */
  receive(arrived: ReceivedNotification): Promise<Receipt> {
    return this.#takeIn.receive(arrived);
  }

  /** Something came to its address that was not taken. */
  refused(): void {
    this.#parts.counts.refused++;
  }

  /** Gives how many changes were new. */
  poll(): Promise<number> {
    return this.#poller.poll();
  }
}
