/**
 * An engine with one subscription to a simulated FHIR server: real sockets both ways, a real SQLite store in a folder of its
 * own, and time that stands still until it is moved. What it processes is written down.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEngine,
  ManualClock,
  silentLog,
  WardflowError,
  type ClaimedWork,
  type Engine,
  type ReadChange,
  type SubscriptionView,
  type WantedSubscription,
} from '../../engine/index.ts';
import type { SubscriptionBinding } from '../../engine/fhir/subscriptions/settings.ts';
import { eventually } from './eventually.ts';
import { FhirSimulator, type SimulatorOptions } from './fhir-simulator.ts';
import { Notifier, type NotifierOptions } from './fhir-simulator/notifier.ts';

export const SECRET = 'a-secret-of-enough-characters';

export const wanted = (over: Partial<WantedSubscription> = {}): WantedSubscription => ({
  name: 'encounters',
  definition: 'flow-a',
  endpoint: 'ehr',
  resourceType: 'Encounter',
  criteria: '',
  topic: null,
  content: 'resource',
  ordering: 'resource',
  pollMs: 600_000,
  overlapMs: 120_000,
  heartbeatMs: 60_000,
  deletions: false,
  takesOwn: false,
  ...over,
});

export const TOPIC = 'http://example.org/topics/encounter';

export interface BenchOptions {
  readonly want?: Partial<WantedSubscription>;
  readonly notifier?: NotifierOptions;
  readonly simulator?: SimulatorOptions;
  /** Nothing is bound: a poll alone. */
  readonly unbound?: boolean;
  readonly backlogLimit?: number;
  /** Of the binding. */
  readonly listen?: Partial<SubscriptionBinding['listen']> | undefined;
  /** The environment's folder, before the engine is there. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Before the engine is there. */
  readonly before?: (simulator: FhirSimulator) => void;
}

export class SubscriptionBench {
  readonly clock = new ManualClock();
  readonly simulator: FhirSimulator;
  readonly notifier: Notifier;
  readonly port: number;
  readonly folder: string;
  /** `created Encounter/1/1`, in the order in which the work ended. */
  readonly processed: string[] = [];
  readonly nothing: string[] = [];
  engine!: Engine;
  /** Work is left alone while this is set. */
  held = false;
  readonly #options: BenchOptions;
  readonly #waiting: ClaimedWork[] = [];

  private constructor(simulator: FhirSimulator, port: number, folder: string, options: BenchOptions) {
    this.simulator = simulator;
    this.notifier = new Notifier(simulator, options.notifier);
    this.port = port;
    this.folder = folder;
    this.#options = options;
  }

  static async start(options: BenchOptions = {}): Promise<SubscriptionBench> {
    let bench: SubscriptionBench | undefined;
    const now = (): number => bench?.clock.now() ?? new ManualClock().now();
    const types = ['Encounter', 'Subscription'];
    const simulator = await FhirSimulator.start({ now, types, ...options.simulator });
    options.before?.(simulator);
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-subscriptions-'));
    await mkdir(join(folder, 'credentials'), { mode: 0o700 });
    await writeFile(join(folder, 'credentials', 'notify'), SECRET, { mode: 0o600 });
    await options.prepare?.(folder);
    bench = new SubscriptionBench(simulator, await freePort(), folder, options);
    await bench.open();
    return bench;
  }

  /** An engine over the folder; again after `stop`: a restart. */
  async open(want: Partial<WantedSubscription> | null = {}): Promise<void> {
    const { port, simulator, clock, folder } = this;
    const listen = { host: '127.0.0.1', port, tls: null, allow: [], ...this.#options.listen };
    const publicBase = `http${listen.tls ? 's' : ''}://127.0.0.1:${port}/notify`;
    this.engine = await createEngine({
      environment: 'staging',
      dataFolder: folder,
      clock,
      log: silentLog,
      random: () => 0.5,
      ...(this.#options.backlogLimit !== undefined && { backlogLimit: this.#options.backlogLimit }),
      bindings: {
        feeds: {},
        endpoints: {
          ehr: { kind: 'fhir', base: simulator.base, auth: { kind: 'none' }, timeoutMs: 5000, concurrency: 8 },
        },
        ...(!this.#options.unbound && { subscriptions: { encounters: { listen, publicBase, credential: 'notify' } } }),
      },
    });
    this.engine.dispatcher.addSource({
      id: 'flow-a/encounters',
      definition: 'flow-a',
      feed: 'encounters',
      capacity: 16,
      leaseMs: 60_000,
      deliver: (work) => {
        this.#waiting.push(work);
        if (!this.held) void this.work();
      },
    });
    const one = wanted({ ...this.#options.want, ...want });
    await this.engine.intake.configure(
      [],
      [{ id: 'flow-a/encounters', definition: 'flow-a', feed: one.name, filter: { types: [], senders: [] } }],
      [{ name: one.name, format: 'fhir', lane: 'routine', afterDead: 'continue', resendWindowMs: 7 * 86_400_000 }],
    );
    await this.engine.subscriptions.configure(want === null ? [] : [one]);
    this.engine.start();
    if (want !== null)
      await this.until('the server is asked', () => this.view.polledAt !== null || this.view.trouble !== null);
  }

  get view(): SubscriptionView {
    const [view] = this.engine.subscriptions.status();
    if (!view) throw new Error('there is no subscription');
    return view;
  }

  /** Its Subscription on the server. */
  get serverId(): string {
    const id = this.simulator.stored('Subscription').find(({ status }) => status !== 'off')?.['id'];
    return typeof id === 'string' ? id : '';
  }

  /** Where it is notified. */
  get address(): string {
    const [stored = {}] = this.simulator.stored('Subscription') as readonly { channel?: { endpoint: string } }[];
    return stored.channel?.endpoint ?? '';
  }

  /** Lets what waits begin. */
  async work(): Promise<void> {
    await Promise.all(
      this.#waiting.splice(0).map(async (work) => {
        let done: ReadChange;
        const failed = (failure: { readonly code: string }): Error => new Error(failure.code);
        try {
          done = await this.engine.subscriptions.read('encounters', work, failed);
        } catch (error) {
          const known = error instanceof WardflowError ? error : null;
          const failure = {
            class: known?.failureClass ?? ('transient' as const),
            code: known?.code ?? 'other',
            text: known?.message ?? String(error),
            ...(known?.retryAfterMs !== undefined && { retryAfterMs: known.retryAfterMs }),
          };
          await this.engine.dispatcher.finish(work, { outcome: { kind: 'failed', failure }, trace: [], version: null });
          return;
        }
        if (done.kind === 'change') this.processed.push(`${done.change} ${done.reference}/${done.versionId ?? ''}`);
        else this.nothing.push(done.note);
        await this.engine.dispatcher.finish(work, { outcome: { kind: 'done' }, trace: [], version: null });
      }),
    );
  }

  /** Moves time in small steps until it is so. */
  async until(what: string, condition: () => boolean | Promise<boolean>, stepMs = 0): Promise<void> {
    await eventually(what, async () => {
      if (await condition()) return true;
      // A request that is under way would find its time over.
      await quiet(this.simulator);
      this.clock.advance(stepMs);
      return false;
    });
  }

  /** Time goes on, and what is due is done. */
  async after(ms: number): Promise<void> {
    const polledAt = this.view.polledAt ?? 0;
    this.clock.advance(ms);
    await this.until('it was polled', () => (this.view.polledAt ?? 0) > polledAt);
    await this.idle();
  }

  /** All that was kept is processed. */
  async idle(): Promise<void> {
    await this.until(
      'all work is done',
      async () => {
        const { waiting, claimed } = await this.engine.store.work.counts();
        return waiting + claimed === 0;
      },
      250,
    );
  }

  async active(): Promise<void> {
    await this.until('it is active', () => this.view.state === 'active', 1_000);
  }

  async stop(): Promise<void> {
    await this.engine.stop(1000);
  }

  async end(): Promise<void> {
    await this.stop();
    await this.simulator.close();
    await rm(this.folder, { recursive: true });
  }
}

/** Nothing was asked of the server for a moment. */
async function quiet(simulator: FhirSimulator): Promise<void> {
  for (let seen = -1; seen !== simulator.requests.length;) {
    seen = simulator.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
