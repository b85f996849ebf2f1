/** The record of one subscription: read once, changed in turn, and kept with what people are to know of it. */
import { hash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { LiveFeed } from '../../engine.ts';
import type { AuditEntry, Store, SubscriptionRecord, SubscriptionState } from '../../store/contract/index.ts';
import type { SubscriptionSettings } from './settings.ts';

export type RecordChange = Partial<Omit<SubscriptionRecord, 'name' | 'version' | 'since'>>;

export interface RecordOptions {
  readonly store: Pick<Store, 'subscriptions'>;
  readonly clock: Clock;
  readonly live: Pick<LiveFeed, 'publish'>;
}

/** Another of these and it is another subscription. */
export const watchesOf = ({ endpoint, resourceType, criteria, topic, content }: SubscriptionSettings): string =>
  hash('sha256', JSON.stringify([endpoint, resourceType, criteria, topic, content])).slice(0, 32);

export class KeptRecord {
  readonly #options: RecordOptions;
  #now: SubscriptionRecord;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: RecordOptions, now: SubscriptionRecord) {
    this.#options = options;
    this.#now = now;
  }

  static async open(options: RecordOptions, settings: SubscriptionSettings): Promise<KeptRecord> {
    const { name, endpoint, definition } = settings;
    const watches = watchesOf(settings);
    const kept = await options.store.subscriptions.get(name);
    if (kept) {
      const record = new KeptRecord(options, kept);
      // Another endpoint or other criteria: numbers, watermark and the Subscription of before say nothing of it.
      if (kept.watches !== watches)
        await record.change(() => ({ ...fresh(), watches, endpoint, definition, state: 'polling' }));
      return record;
    }
    const first = { ...fresh(), name, version: 1, watches, endpoint, definition, state: 'polling' as const };
    const record = { ...first, since: options.clock.now(), gaps: 0, missed: 0 };
    if ((await options.store.subscriptions.change(0, record, null)) === 'stale')
      return KeptRecord.open(options, settings);
    return new KeptRecord(options, record);
  }

  get now(): SubscriptionRecord {
    return this.#now;
  }

  /** `make` may be asked again, where somebody else was faster; `null`: nothing changes. */
  change(make: (now: SubscriptionRecord) => RecordChange | null): Promise<void> {
    const done = this.#turn.then(() => this.#change(make));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #change(make: (now: SubscriptionRecord) => RecordChange | null): Promise<void> {
    const { store, clock, live } = this.#options;
    for (;;) {
      const before = this.#now;
      const over = make(before);
      if (!over) return;
      const at = clock.now();
      const turned = over.state !== undefined && over.state !== before.state;
      const next = { ...before, ...over, version: before.version + 1, ...(turned && { since: at }) };
      const audit = turned ? auditOf(next, before.state, at) : null;
      if ((await store.subscriptions.change(before.version, next, audit)) === 'changed') {
        this.#now = next;
        if (turned || over.trouble !== undefined) live.publish({ kind: 'feed', name: before.name });
        return;
      }
      this.#now = (await store.subscriptions.get(before.name)) ?? before;
    }
  }
}

function auditOf(next: SubscriptionRecord, from: SubscriptionState, at: number): AuditEntry {
  const { name, endpoint, state, trouble, definition } = next;
  return {
    at,
    type: 'subscription.changed',
    actor: 'engine',
    definition,
    details: { subscription: name, endpoint, from, to: state, ...(trouble && { code: trouble.code }) },
  };
}

const fresh = (): Pick<
  SubscriptionRecord,
  | 'serverId'
  | 'endsAt'
  | 'watermark'
  | 'begunAt'
  | 'eventNumber'
  | 'ahead'
  | 'gapSince'
  | 'heardAt'
  | 'polledAt'
  | 'trouble'
> => ({
  serverId: null,
  endsAt: null,
  watermark: null,
  begunAt: null,
  eventNumber: null,
  ahead: [],
  gapSince: null,
  heardAt: null,
  polledAt: null,
  trouble: null,
});
