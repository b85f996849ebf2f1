/** A whole engine over real sockets with one feed in enhanced mode; the test is the flow. Time stands still. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createEngine,
  Hl7Message,
  ManualClock,
  type MllpEndpointBinding,
  silentLog,
  type AcknowledgementRecord,
  type AnswerContent,
  type AnswerOutcome,
  type EnhancedMode,
  type Engine,
  type FeedSettings,
} from '../../engine/index.ts';
import { eventually } from './eventually.ts';
import { feedSettings, subscription } from './intake-bench.ts';
import { MllpPeer } from './mllp-peer.ts';
import { DONE, RecordingSource } from './recording-source.ts';

export const ANSWER_MS = 60_000;

export interface EnhancedBenchOptions {
  readonly mode?: Partial<EnhancedMode>;
  /** Port of the endpoint `sender`. */
  readonly endpointPort?: number;
  readonly feed?: Partial<FeedSettings>;
  /** Types that the flow takes; default all. */
  readonly types?: readonly string[];
  /** Data of an earlier life; default: a folder of its own. */
  readonly folder?: string;
}

const receiverAt = (port: number): MllpEndpointBinding => ({
  kind: 'mllp',
  host: '127.0.0.1',
  port,
  tls: null,
  answerMs: 30_000,
  connections: 1,
  idleMs: 0,
});

/** An ORU with MSH-15 and MSH-16 as given. */
export function enhancedOru(controlId: string, accept: string, application: string, version = '2.5.1'): string {
  return [
    `MSH|^~\\&|LAB|NORTH|WARDFLOW|SOUTH|20260105081500||ORU^R01^ORU_R01|${controlId}|P|${version}|||${accept}|${application}`,
    `PID|1||${controlId}^^^NORTH^MR||Example^Alex`,
    'OBR|1|||24323-8^Panel^LN',
    'OBX|1|NM|2823-3^Potassium^LN||4.1|mmol/L',
    '',
  ].join('\r');
}

export class EnhancedBench {
  readonly clock: ManualClock;
  readonly #options: EnhancedBenchOptions;
  readonly #folder: string;
  readonly #peers: MllpPeer[] = [];
  #engine: Engine | undefined;
  #source = new RecordingSource('lab/in');

  private constructor(folder: string, options: EnhancedBenchOptions) {
    this.#folder = folder;
    this.#options = options;
    this.clock = options.folder === undefined ? new ManualClock() : new ManualClock(Date.now());
  }

  static async start(options: EnhancedBenchOptions = {}): Promise<EnhancedBench> {
    const bench = new EnhancedBench(options.folder ?? (await mkdtemp(join(tmpdir(), 'wardflow-enhanced-'))), options);
    await bench.up();
    return bench;
  }

  get engine(): Engine {
    if (!this.#engine) throw new Error('the engine is down');
    return this.#engine;
  }

  readonly source = (): RecordingSource => this.#source;

  async up(): Promise<void> {
    const { mode, endpointPort, feed, types = [] } = this.#options;
    const bindings = {
      feeds: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: null, allow: [] } } },
      endpoints: endpointPort ? { sender: receiverAt(endpointPort) } : ({} as Record<string, never>),
    };
    this.#engine = await createEngine({
      environment: 'test',
      dataFolder: this.#folder,
      bindings,
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
    });
    this.#source = new RecordingSource('lab/in');
    this.#engine.dispatcher.addSource(this.#source);
    const enhanced = { answerMs: ANSWER_MS, endpoint: endpointPort ? 'sender' : null, ...mode };
    await this.#engine.intake.configure([feedSettings({ enhanced, ...feed })], [subscription('lab/in', types)]);
    this.#engine.start();
  }

  async down(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.stop(0);
  }

  readonly connect = async (): Promise<MllpPeer> => {
    const port = this.engine.intake.status().find(({ name }) => name === 'hospital')?.port ?? 0;
    const peer = await MllpPeer.open(port);
    this.#peers.push(peer);
    return peer;
  };

  readonly taken = (controlId: string): Promise<void> =>
    eventually(`${controlId} is delivered`, () => this.#source.timesDelivered(controlId) > 0);

  /** The flow answers, and is done with the message. */
  readonly answer = async (
    controlId: string,
    content: Partial<AnswerContent> = {},
    end = true,
  ): Promise<AnswerOutcome> => {
    await this.taken(controlId);
    const work = this.#source.of(controlId);
    const outcome = await this.engine.acknowledgements.answer({ work, code: 'AA', ...content });
    if (end) await this.engine.dispatcher.finish(work, DONE);
    return outcome;
  };

  async messageId(controlId: string): Promise<string> {
    let found: string | undefined;
    await eventually(`${controlId} is in the journal`, async () => {
      const listed = await this.engine.store.journal.list({ text: controlId, order: 'oldest-first' });
      found = listed[0]?.id;
      return found !== undefined;
    });
    return found ?? '';
  }

  readonly record = async (controlId: string): Promise<AcknowledgementRecord | undefined> =>
    this.engine.store.acknowledgements.get(await this.messageId(controlId));

  readonly becomes = async (
    controlId: string,
    state: AcknowledgementRecord['state'],
  ): Promise<AcknowledgementRecord> => {
    let record: AcknowledgementRecord | undefined;
    await eventually(`the answer to ${controlId} is ${state}`, async () => {
      record = await this.record(controlId);
      return record?.state === state;
    });
    if (!record) throw new Error('it has gone');
    return record;
  };

  async stop(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** `CA C1`: MSA-1 and MSA-2 of each frame. */
export const said = (frames: readonly (string | Uint8Array)[]): readonly string[] =>
  frames.map((frame) => {
    const message = Hl7Message.parse(typeof frame === 'string' ? frame : Buffer.from(frame));
    return `${message.get('MSA-1')} ${message.get('MSA-2')}`;
  });
