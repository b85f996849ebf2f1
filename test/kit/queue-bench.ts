/** A real store, a clock that is moved, and the parts of the engine that stand on them. */
import { setImmediate as turn } from 'node:timers/promises';
import {
  ManualClock,
  silentLog,
  timeSortedIds,
  type AuditLog,
  type ClaimedWork,
  type Dispatcher,
  type Ids,
  type LiveChange,
  type NewWork,
  type Store,
} from '../../engine/index.ts';
import { createDispatcher, type DispatcherOptions } from '../../engine/queue/dispatcher.ts';
import { eventually } from './eventually.ts';
import { TemporaryStore } from './temporary-store.ts';
import { testMessage, type TestMessage } from './test-message.ts';

const RESEND_WINDOW_MS = 7 * 24 * 3_600_000;

export class QueueBench {
  readonly clock: ManualClock;
  readonly ids: Ids;
  readonly changes: LiveChange[] = [];
  readonly failures: unknown[] = [];
  /** What the jitter gets. */
  random = 0;
  /** Calls of `claim` so far. */
  claims = 0;
  readonly #files: TemporaryStore;
  readonly #dispatchers: Dispatcher[] = [];

  private constructor(files: TemporaryStore, clock: ManualClock) {
    this.#files = files;
    this.clock = clock;
    this.ids = timeSortedIds(clock);
  }

  static async open(): Promise<QueueBench> {
    return new QueueBench(await TemporaryStore.create(), new ManualClock());
  }

  get store(): Store {
    return this.#files.store;
  }

  get audit(): AuditLog {
    return this.store.audit;
  }

  dispatcher(owner = 'test', more: Partial<DispatcherOptions> = {}): Dispatcher {
    const { work } = this.store;
    const counted: typeof work = Object.create(work, {
      claim: {
        value: (requests: Parameters<typeof work.claim>[0]) => {
          this.claims++;
          return work.claim(requests);
        },
      },
    }) as typeof work;
    const dispatcher = createDispatcher({
      work: counted,
      ordered: this.store.ordered,
      clock: this.clock,
      owner,
      random: () => this.random,
      log: silentLog,
      live: { publish: (change) => void this.changes.push(change) },
      onStoreFailure: (error) => void this.failures.push(error),
      ...more,
    });
    this.#dispatchers.push(dispatcher);
    return dispatcher;
  }

  async accept(message: TestMessage): Promise<NewWork> {
    const made = testMessage(message, this.clock, this.ids);
    await this.store.journal.accept(made.message, [made.work], RESEND_WINDOW_MS);
    return made.work;
  }

  childOf(parent: ClaimedWork, subscription: string, key: string): NewWork {
    const { messageId, lane, correlationId, traceparent } = parent;
    return {
      id: this.ids.next(),
      messageId,
      subscription,
      definition: subscription.split('/')[0] ?? subscription,
      lane,
      orderingKey: null,
      afterDead: 'continue',
      correlationId,
      traceparent,
      createdAt: this.clock.now(),
      child: { parentWorkId: parent.id, key, kind: 'queue', data: null },
    };
  }

  /** Waits for `condition`, while timers that are due fire as they would by themselves. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(what, () => {
      this.clock.advance(0);
      return condition();
    });
  }

  /**
   * Lets everything that was begun come to its end, for showing that something does not happen: the store answers in
   * order, so that behind a read and a write of our own all earlier ones have been answered.
   */
  async rest(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      this.clock.advance(0);
      await Promise.all([this.store.work.counts(), this.store.work.renew('nobody', 0, 0)]);
      await turn();
    }
  }

  /** Ends dispatchers without waiting for what is in flight, then the store; fails if the store had failed. */
  async close(): Promise<void> {
    for (const dispatcher of this.#dispatchers) await dispatcher.drain(0);
    await this.#files.close();
    if (this.failures.length > 0) throw this.failures[0];
  }
}
