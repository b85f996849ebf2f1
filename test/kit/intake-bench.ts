/** An intake over a real SQLite store in a folder of its own, listening on a free port, with time that stands still. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createIntake,
  ManualClock,
  openStore,
  silentLog,
  timeSortedIds,
  type FeedSettings,
  type Intake,
  type IntakeOptions,
  type LiveChange,
  type Store,
  type Subscription,
} from '../../engine/index.ts';
import { MllpPeer } from './mllp-peer.ts';

export const feedSettings = (more: Partial<FeedSettings> = {}): FeedSettings => ({
  name: 'hospital',
  lane: 'urgent',
  orderingPath: ['PID-3.1'],
  afterDead: 'hold',
  deadlineMs: 60_000,
  resendWindowMs: 7 * 86_400_000,
  zone: null,
  fallbackCharset: 'UTF-8',
  ...more,
});

export const subscription = (id: string, types: readonly string[] = [], feed = 'hospital'): Subscription => ({
  id,
  definition: id.split('/')[0] ?? id,
  feed,
  filter: { types, senders: [] },
});

export class IntakeBench {
  readonly clock = new ManualClock();
  readonly changes: LiveChange[] = [];
  wakes = 0;
  readonly store: Store;
  readonly intake: Intake;
  readonly #folder: string;
  readonly #peers: MllpPeer[] = [];

  private constructor(folder: string, store: Store, more: Partial<IntakeOptions>) {
    this.#folder = folder;
    this.store = store;
    this.intake = createIntake({
      store,
      clock: this.clock,
      ids: timeSortedIds(this.clock),
      log: silentLog,
      bindings: { hospital: { listen: { host: '127.0.0.1', port: 0 } } },
      live: { publish: (change) => void this.changes.push(change) },
      wake: () => void this.wakes++,
      ...more,
    });
  }

  static async start(
    more: Partial<IntakeOptions> = {},
    feeds: readonly FeedSettings[] = [feedSettings()],
    subscriptions: readonly Subscription[] = [],
  ): Promise<IntakeBench> {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-intake-'));
    const bench = new IntakeBench(folder, await openStore({ adapter: 'sqlite', folder, log: silentLog }), more);
    await bench.intake.configure(feeds, subscriptions);
    return bench;
  }

  port(feed = 'hospital'): number {
    return this.intake.status().find(({ name }) => name === feed)?.port ?? 0;
  }

  async connect(feed?: string): Promise<MllpPeer> {
    const peer = await MllpPeer.open(this.port(feed));
    this.#peers.push(peer);
    return peer;
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.intake.close();
    await this.store.close();
    await rm(this.#folder, { recursive: true });
  }
}
