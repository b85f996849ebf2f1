/**
 * Tells the queue of messages that wait behind mode `stop`: these have no task that would be due, and would wait in silence for as long as
 * the fallback lasts. First when the oldest has waited for as long as a stat message may be held, then each half hour. Each telling is work
 * under a key of the oldest and its period, so that a restart, or another runtime on the same store, makes none twice.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { Ids } from '../base/ids.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { Fallback, Store, WorkView } from '../store/contract/index.ts';
import { reviewDueAfter } from './review-times.ts';
import { isTelling, tellingOf } from './telling-work.ts';

export interface StopRemindersOptions {
  readonly store: Pick<Store, 'work' | 'journal'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly inForce: () => readonly Fallback[];
  /** Whoever tells is there before the work is. */
  readonly serve: (definition: string) => void;
  readonly onWork: () => void;
  readonly onStoreFailure: (error: unknown) => void;
}

/** Asks for the whole backlog, so not more often than a reminder needs. */
const LOOK_MS = 30_000;
const FIRST_MS = reviewDueAfter('stat');
const AGAIN_MS = reviewDueAfter('urgent');

export class StopReminders {
  readonly #options: StopRemindersOptions;
  readonly #alarm: Alarm;
  /** When each definition was told last: its oldest message may change meanwhile, by a hand that discards one after the other. */
  readonly #told = new Map<string, Millis>();
  #running = false;
  #looking: Promise<void> | null = null;

  constructor(options: StopRemindersOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#look());
  }

  start(): void {
    this.#running = true;
    this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm.off();
    await this.#looking;
  }

  #look(): void {
    if (!this.#running || this.#looking) return;
    this.#looking = this.#lookAtAll()
      .catch(this.#options.onStoreFailure)
      .finally(() => {
        this.#looking = null;
        if (this.#running) this.#alarm.ring(this.#options.clock.now() + LOOK_MS);
      });
  }

  async #lookAtAll(): Promise<void> {
    const stopped = this.#options.inForce().filter(({ mode }) => mode === 'stop');
    for (const definition of this.#told.keys())
      if (!stopped.some((one) => one.definition === definition)) this.#told.delete(definition);
    if (stopped.length === 0) return;
    const backlog = await this.#options.store.work.backlog();
    for (const { definition } of stopped) {
      const waiting = backlog.filter(
        ({ subscription, state }) =>
          state === 'waiting' && subscription.startsWith(`${definition}/`) && !isTelling({ subscription, definition }),
      );
      const firsts = await Promise.all(
        waiting.map(async ({ subscription, count }) => ({
          first: await this.#options.store.work.firstWaiting(subscription),
          count,
        })),
      );
      // What comes of a message that was taken up before is not stopped.
      const roots = firsts.filter(({ first }) => first?.parentWorkId === null);
      const oldest = roots.flatMap(({ first }) => first ?? []).toSorted((a, b) => a.createdAt - b.createdAt)[0];
      const count = roots.reduce((sum, one) => sum + one.count, 0);
      if (oldest) await this.#maybeTell(oldest, count);
    }
  }

  async #maybeTell(oldest: WorkView, count: number): Promise<void> {
    const { store, clock, ids, serve, onWork } = this.#options;
    const at: Millis = clock.now();
    const late = at - oldest.createdAt - FIRST_MS;
    const last = this.#told.get(oldest.definition);
    if (late < 0 || (last !== undefined && at < last + FIRST_MS)) return;
    const message = await store.journal.get(oldest.messageId);
    if (!message) return;
    serve(oldest.definition);
    const { correlationId, traceparent } = message;
    const overdue = 1 + Math.floor(late / AGAIN_MS);
    const data = { reviewId: `stop/${oldest.id}`, taskId: null, at, overdue, longest: overdue, count };
    const telling = tellingOf(ids.next(), { ...oldest, correlationId, traceparent }, data);
    if ((await store.work.addChild(telling)) !== 'added') return;
    this.#told.set(oldest.definition, at);
    onWork();
  }
}
