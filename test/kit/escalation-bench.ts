/** The queue bench with one delivered stat item and the escalation parts, as the engine joins them. */
import {
  silentLog,
  type ClaimedWork,
  type ConsoleNotice,
  type Dispatcher,
  type EscalationService,
} from '../../engine/index.ts';
import { createEscalationService } from '../../engine/schedule/create-escalation-service.ts';
import { createEscalationRunner, type EscalationRunner } from '../../engine/schedule/escalation-runner.ts';
import { QueueBench } from './queue-bench.ts';
import { RecordingSource } from './recording-source.ts';

export class EscalationBench {
  readonly bench: QueueBench;
  readonly dispatcher: Dispatcher;
  /** The item that starts escalations. */
  readonly work: ClaimedWork;
  readonly service: EscalationService;
  runner: EscalationRunner;
  /** Told to the console by the engine itself. */
  readonly notices: ConsoleNotice[] = [];

  private constructor(bench: QueueBench, dispatcher: Dispatcher, work: ClaimedWork) {
    this.bench = bench;
    this.dispatcher = dispatcher;
    this.work = work;
    this.runner = this.#newRunner();
    const { escalations, audit } = bench.store;
    const { clock, ids } = bench;
    const live = { publish: () => undefined };
    const onDue = (at: number): void => this.runner.expect(at);
    const onWork = (): void => dispatcher.wake();
    this.service = createEscalationService({ escalations, audit, clock, ids, live, onDue, onWork });
  }

  static async open(): Promise<EscalationBench> {
    const bench = await QueueBench.open();
    const dispatcher = bench.dispatcher();
    const source = new RecordingSource('lab/results', { leaseMs: 365 * 24 * 3_600_000 });
    dispatcher.addSource(source);
    await bench.accept({ controlId: 'A1', lane: 'stat' });
    dispatcher.start();
    await bench.until('the delivery', () => source.taken.length === 1);
    return new EscalationBench(bench, dispatcher, source.of('A1'));
  }

  #newRunner(): EscalationRunner {
    const { bench } = this;
    return createEscalationRunner({
      escalations: bench.store.escalations,
      audit: bench.store.audit,
      clock: bench.clock,
      ids: bench.ids,
      log: silentLog,
      live: { publish: (change) => void (change.kind === 'notice' && this.notices.push(change.notice)) },
      serves: (id) => this.dispatcher.serves(id),
      onWork: () => this.dispatcher.wake(),
      onStoreFailure: (error) => void bench.failures.push(error),
    });
  }

  /** A new runner that knows nothing of the old one. */
  async restart(): Promise<void> {
    await this.runner.stop();
    this.runner = this.#newRunner();
    this.runner.start();
  }

  async close(): Promise<void> {
    await this.runner.stop();
    await this.bench.close();
  }
}
