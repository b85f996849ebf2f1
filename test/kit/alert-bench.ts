/** A real engine whose alerts go to channels of the test: messages are considered, and told by a source as the node's is. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAlertPolicy, type AlertPolicy } from '../../engine/alerts/alert-policy.ts';
import { Problems } from '../../engine/definitions/problem.ts';
import {
  createEngine,
  ManualClock,
  parseBindings,
  readConfig,
  silentLog,
  WardflowError,
  type AlertChannel,
  type ClaimedWork,
  type ConsideredAlert,
  type DeliveredAlert,
  type Engine,
  type NewWork,
} from '../../engine/index.ts';
import { failureOf } from '../../engine/queue/failure.ts';
import { acceptOne, T0 } from './store-builders.ts';

export const DEFINITION = 'flow-a';
export const NAME = 'pages';

export function alertPolicyOf(change: object = {}): AlertPolicy {
  const problems = new Problems('test');
  const json = {
    kind: 'alert-policy',
    format: 1,
    name: 'critical',
    owner: { name: 'Somebody', contact: 'somebody@example.org' },
    tiers: [
      { name: 'page', when: 'event.value > 6', to: { role: 'doctor' }, channels: ['pager', 'mail', 'console'] },
      { name: 'note', when: 'event.value > 5', to: { role: 'nurse' }, channels: ['console'] },
    ],
    groupBy: ['event.patient', 'event.code'],
    coolDown: 'PT30M',
    resolveOn: 'event.value < 4',
    ...change,
  };
  const policy = readAlertPolicy(json, 'critical', problems);
  if (!policy) throw new Error(JSON.stringify(problems.list));
  return policy;
}

export interface AlertBenchOptions {
  readonly folder?: string;
  /** `channels` of bindings.json. */
  readonly bound?: object;
  /** `endpoints` of bindings.json. */
  readonly endpoints?: object;
  /** Instead of what is bound. */
  readonly channels?: ReadonlyMap<string, AlertChannel>;
  readonly authority?: string;
  readonly now?: number;
}

export class AlertBench {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly folder: string;
  /** What became of each telling. */
  readonly told: (DeliveredAlert | WardflowError)[] = [];

  private constructor(engine: Engine, clock: ManualClock, folder: string) {
    this.engine = engine;
    this.clock = clock;
    this.folder = folder;
  }

  static async open({
    bound = {},
    endpoints = {},
    channels,
    authority,
    ...more
  }: AlertBenchOptions = {}): Promise<AlertBench> {
    const folder = more.folder ?? (await mkdtemp(join(tmpdir(), 'wardflow-alerts-')));
    if (authority !== undefined) {
      await mkdir(join(folder, 'tls'), { recursive: true });
      await writeFile(join(folder, 'tls', 'ca.pem'), authority);
    }
    const json = { kind: 'bindings', format: 1, feeds: {}, endpoints, channels: bound };
    const clock = new ManualClock(more.now ?? T0);
    const engine = await createEngine({
      environment: 'test',
      dataFolder: folder,
      bindings: parseBindings(JSON.stringify(json), readConfig({})),
      consoleUrl: 'https://console.example.org',
      ...(channels && { alertChannels: channels }),
      clock,
      random: () => 0.5,
      log: silentLog,
    });
    const bench = new AlertBench(engine, clock, folder);
    engine.dispatcher.addSource({
      id: `${DEFINITION}/${NAME}`,
      definition: DEFINITION,
      capacity: 16,
      leaseMs: 120_000,
      deliver: (work) => void bench.#tell(work),
    });
    engine.start();
    return bench;
  }

  async #tell(work: ClaimedWork): Promise<void> {
    const { dispatcher } = this.engine;
    try {
      const told = await this.engine.alerts.deliver(work);
      await dispatcher.finish(work, { outcome: { kind: 'done' }, trace: [], version: null });
      this.told.push(told);
    } catch (error) {
      if (!(error instanceof WardflowError)) throw error;
      const outcome = { kind: 'failed', failure: failureOf(error) } as const;
      await dispatcher.finish(work, { outcome, trace: [], version: null });
      this.told.push(error);
    }
  }

  accept(): Promise<NewWork> {
    return acceptOne(this.engine.store, {}, { receivedAt: this.clock.now() });
  }

  consider(
    item: NewWork,
    event: object,
    policy = alertPolicyOf(),
    attempt = 1,
    definition = DEFINITION,
    task?: string,
  ): Promise<ConsideredAlert> {
    return this.engine.alerts.consider({
      ...(task !== undefined && { task }),
      work: claimed(item, attempt),
      definition,
      name: NAME,
      policy,
      input: { event },
      title: 'A result needs an answer',
      unit: null,
    });
  }

  async close(keep = false): Promise<void> {
    await this.engine.stop(5_000);
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }
}

export function claimed(item: NewWork, attempt: number): ClaimedWork {
  const { id, messageId, subscription, definition, lane, orderingKey, correlationId, traceparent, createdAt } = item;
  return {
    id,
    messageId,
    subscription,
    definition,
    lane,
    orderingKey,
    correlationId,
    traceparent,
    createdAt,
    seq: 1,
    attempt,
    countedAttempts: attempt,
    fence: attempt,
    leaseUntil: createdAt + 60_000,
    firstDeliveredAt: createdAt,
    pinnedVersion: null,
    child: null,
    message: { bytes: new Uint8Array(), format: 'hl7v2', feed: 'lab', receivedAt: createdAt, controlId: null },
  };
}
