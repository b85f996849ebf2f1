/** A whole engine with one flow whose intent declares a fallback, a clock that is moved, and a FHIR server that answers or not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEngine,
  ManualClock,
  silentLog,
  triggerFrom,
  type AlertChannel,
  type AlertMessage,
  type ClaimedWork,
  type DeclaredFallback,
  type Engine,
  type FallbackMode,
  type HeldForReview,
  type LiveChange,
} from '../../engine/index.ts';
import { eventually } from './eventually.ts';
import { answerJson, startLocalHttpServer, type LocalHttpServer } from './local-http-server.ts';
import { DONE, RecordingSource } from './recording-source.ts';
import { testMessage, type TestMessage } from './test-message.ts';

const RESEND_WINDOW_MS = 7 * 24 * 3_600_000;

export class FallbackBench {
  readonly clock = new ManualClock();
  readonly folder: string;
  readonly server: LocalHttpServer;
  readonly source = new RecordingSource('lab/results');
  readonly changes: LiveChange[] = [];
  readonly paged: AlertMessage[] = [];
  /** What the pager does with what it is told. */
  pager: AlertChannel['send'] = () => Promise.resolve({ ok: true, state: 'sent' });
  /** What the endpoint answers; it always closes the connection at 0. */
  status = 404;
  engine!: Engine;

  private constructor(folder: string, server: LocalHttpServer) {
    this.folder = folder;
    this.server = server;
    this.source.onDeliver = (work) => void this.engine.dispatcher.finish(work, DONE);
  }

  static async open(): Promise<FallbackBench> {
    const folder = await mkdtemp(join(tmpdir(), 'wardflow-fallback-'));
    let bench: FallbackBench | undefined;
    const server = await startLocalHttpServer((_request, response) => {
      const status = bench?.status ?? 0;
      if (status === 0) response.destroy();
      else answerJson(response, status, { resourceType: 'OperationOutcome', issue: [] });
    });
    bench = new FallbackBench(folder, server);
    await bench.start();
    return bench;
  }

  async start(): Promise<void> {
    this.engine = await createEngine({
      environment: 'staging',
      dataFolder: this.folder,
      bindings: {
        feeds: {},
        endpoints: {
          ehr: {
            kind: 'fhir',
            base: `${this.server.origin}/fhir`,
            auth: { kind: 'none' },
            timeoutMs: 5_000,
            concurrency: 4,
          },
        },
      },
      alertChannels: new Map([
        [
          'pager',
          {
            name: 'pager',
            send: (message) => {
              this.paged.push(message);
              return this.pager(message);
            },
          },
        ],
      ]),
      clock: this.clock,
      random: () => 0,
      log: silentLog,
    });
    this.engine.live.subscribe((change) => this.changes.push(change));
    // As an `hl7 in` is: its feed makes it a source of new messages.
    const { id, definition, capacity, leaseMs } = this.source;
    this.engine.dispatcher.addSource({
      id,
      definition,
      capacity,
      leaseMs,
      feed: 'hospital',
      deliver: (work) => this.source.deliver(work),
    });
  }

  declare(mode: FallbackMode, when: readonly string[] = ['operator']): void {
    const declared: DeclaredFallback = {
      definition: 'lab',
      version: 'v1',
      title: 'Laboratory results',
      serviceLine: 'lab',
      mode,
      when,
      triggers: when.flatMap((one) => triggerFrom(one) ?? []),
      queue: 'coordinator',
      text: 'Results are looked at by the coordinator.',
    };
    this.engine.fallbacks.declare([declared]);
  }

  async enter(): Promise<void> {
    await this.engine.fallbacks.enter({ definition: 'lab', seen: 0, actor: 'user:ana', reason: 'the EHR is upgraded' });
  }

  async leave(): Promise<void> {
    const seen = this.engine.fallbacks.inForce('lab')?.version ?? 0;
    await this.engine.fallbacks.leave({ definition: 'lab', seen, actor: 'user:ana', reason: 'it is back' });
  }

  /** Accepts a message; gives the id of its work. */
  async accept(message: TestMessage): Promise<string> {
    const made = testMessage(message, this.clock, this.engine.ids);
    await this.engine.store.journal.accept(made.message, [made.work], RESEND_WINDOW_MS);
    this.engine.dispatcher.wake();
    return made.work.id;
  }

  /** Waits for `condition`, while timers that are due fire. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(what, () => {
      this.clock.advance(0);
      return condition();
    });
  }

  stateIs(workId: string, state: string): Promise<void> {
    return this.until(`${workId} is ${state}`, async () => (await this.engine.store.work.get(workId))?.state === state);
  }

  async held(): Promise<readonly HeldForReview[]> {
    return (await this.engine.fallbacks.held({})).items;
  }

  async audited(type: string): Promise<number> {
    return (await this.engine.store.audit.list({ type })).length;
  }

  /** The flow is given to the test: what it does with each item. */
  flow(run: (work: ClaimedWork) => void | Promise<void>): void {
    this.source.onDeliver = (work) => void run(work);
  }

  async restart(): Promise<void> {
    await this.engine.stop(0);
    await this.start();
  }

  async close(): Promise<void> {
    await this.engine.stop(0);
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
