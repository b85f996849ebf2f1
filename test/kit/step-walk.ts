/**
 * One death at a named step, and what came of it: a message whose processing reaches the step, another of the same
 * patient behind it, the kill, the restart on the same data, and a sender that sends again what was not answered.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MessageDetail, MessageList, NoticeList, RuntimeStatus } from '../../runtime/api/contract.ts';
import { CountingFhirServer } from './counting-fhir-server.ts';
import { oru, potassium } from './hl7-messages.ts';
import { answerField, MllpSender } from './mllp-sender.ts';
import { ownFlow, ownNode, ownTask, writeOwnFlow } from './own-flow.ts';
import { RuntimeProcess } from './runtime-process.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'kill-at-step/preload.ts')).href;
const CONTROL_ID = 'urn:test:control-id';

/** Gate, then Task, then notice, one after the other: of two effects of a message the Task is the first. */
const FLOW = ownFlow('gate', [
  ownNode(
    'gate',
    'idempotency gate',
    { gate: 'own', keyFrom: 'event', key: '', correction: '' },
    ['task'],
    ['again'],
    ['again'],
  ),
  ownTask(
    'task',
    {
      resource: `{ "status": "requested", "intent": "order", "identifier": [{ "system": "${CONTROL_ID}", "value": payload.controlId }] }`,
    },
    ['notice'],
  ),
  ownNode('notice', 'console notice', {
    effect: 'notice',
    to: 'charge nurse',
    toKind: 'str',
    text: 'A result needs an answer.',
    textKind: 'str',
    lane: '',
    discriminator: '"one"',
    finish: true,
  }),
  // No message of these tests is a repeat: one that is taken for it ends dead.
  ownNode('again', 'message failed', { failureClass: 'permanent', reason: 'again: taken for a repeat' }),
]);

export interface MessageStory {
  /** Journal entries that are no resend, as `state`. */
  readonly entries: readonly string[];
  readonly resends: number;
  /** POSTs that arrived at the FHIR server, and resources that they made. */
  readonly posts: number;
  readonly made: number;
  readonly notices: number;
}

export interface StepStory {
  /** What the runtime wrote before it killed itself. */
  readonly reached: string;
  readonly signal: NodeJS.Signals | null;
  /** Resources that the message had made when the runtime was dead. */
  readonly madeAtDeath: number;
  readonly first: MessageStory;
  readonly second: MessageStory;
  /** Control ids in the order in which their resources were made. */
  readonly order: readonly string[];
}

export class StepWalk {
  readonly runtime: RuntimeProcess;
  readonly server: CountingFhirServer;
  readonly #name: string;
  readonly #file: string;
  #walks = 0;

  private constructor(runtime: RuntimeProcess, server: CountingFhirServer, name: string, file: string) {
    this.runtime = runtime;
    this.server = server;
    this.#name = name;
    this.#file = file;
  }

  /** `name`: a few letters that begin the control ids. `env`: of the runtime. */
  static async start(name: string, folder: string, env: Readonly<Record<string, string>>): Promise<StepWalk> {
    const server = await CountingFhirServer.start();
    const file = join(folder, `${name}-step`);
    const runtime = await RuntimeProcess.start({
      fhirBase: server.base,
      definitions: ['_shared'],
      prepareFlows: writeOwnFlow(FLOW),
      env: { ...env, KILL_AT_STEP: file },
      execArgv: ['--import', PRELOAD],
      also: { reads: [join(import.meta.dirname, 'kill-at-step')], writes: [folder] },
    });
    return new StepWalk(runtime, server, name, file);
  }

  async stop(): Promise<void> {
    await this.runtime.dispose();
    await this.server.close();
  }

  /** `step`, or `step#2` for the second time it comes. */
  async to(step: string): Promise<StepStory> {
    const number = String(++this.#walks).padStart(3, '0');
    const [first, second] = [`${this.#name}${number}A`, `${this.#name}${number}B`] as const;
    if (this.runtime.ended) await this.runtime.restart();
    writeFileSync(this.#file, step);
    const sending = this.#send([first, second]);
    await withTimeout(this.runtime.gone(), `the step "${step}"`, 20_000);
    writeFileSync(this.#file, '');
    const reached = existsSync(`${this.#file}.reached`) ? readFileSync(`${this.#file}.reached`, 'utf8') : '';
    const signal = this.runtime.endedBy;
    // What had left is on its way to this process.
    await new Promise((done) => setTimeout(done, 20));
    const madeAtDeath = this.#made(first).length;
    await this.runtime.restart();
    await withTimeout(sending, 'the answers', 30_000);
    await this.runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0);
    const { notices } = await this.runtime.api<NoticeList>('/notices');
    const story = (controlId: string): Promise<MessageStory> => this.#story(controlId, notices);
    return {
      reached: reached.trimEnd().split('\n').at(-1) ?? '',
      signal,
      madeAtDeath,
      first: await story(first),
      second: await story(second),
      order: this.server.made.flatMap(({ identifiers }) => {
        const value = identifiers.find((one) => one.startsWith(`${CONTROL_ID}|`))?.slice(CONTROL_ID.length + 1);
        return value === first ? ['first'] : value === second ? ['second'] : [];
      }),
    };
  }

  async #send(controlIds: readonly string[]): Promise<void> {
    const sender = new MllpSender(this.runtime.mllpPort);
    for (const controlId of controlIds) {
      const message = oru({ controlId, patient: `P${this.#name}`, observations: [potassium('7.1', 'HH')] });
      const answer = await sender.sendUntilAnswered(message);
      assert.deepEqual([answerField(answer, 'MSA', 1), answerField(answer, 'MSA', 2)], ['AA', controlId]);
    }
    sender.close();
  }

  async #story(controlId: string, notices: NoticeList['notices']): Promise<MessageStory> {
    const { messages } = await this.runtime.api<MessageList>(`/messages?q=${controlId}`);
    const accepted = messages.filter(({ state }) => state !== 'resend');
    const [entry] = accepted;
    const detail = entry && (await this.runtime.api<MessageDetail>(`/messages/${entry.id}`));
    return {
      entries: accepted.map(({ state }) => state),
      resends: detail?.resends.length ?? 0,
      posts: this.server.writes.filter(({ identifiers }) => identifiers.includes(`${CONTROL_ID}|${controlId}`)).length,
      made: this.#made(controlId).length,
      notices: notices.filter(({ messageId }) => messageId === entry?.id).length,
    };
  }

  #made(controlId: string): readonly unknown[] {
    return this.server.bySystem('Task', CONTROL_ID).get(controlId) ?? [];
  }
}

async function withTimeout<T>(promise: Promise<T>, what: string, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} did not come within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
