/**
 * One runtime for one scenario: a real Node-RED process with a data folder of its own and no other definition in it, on
 * a clock that this side moves. Time goes on only while the runtime is at rest, from one moment at which something is due
 * to the next, as it would have come.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, setPriority, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureServiceToken, packageRoot, siblingFile, type FlowNode } from '../../engine/index.ts';
import { ACTOR_HEADER, API_ROOT, type ApiProblem, type RuntimeStatus } from '../../runtime/api/contract.ts';
import { runtimeFlags } from '../../supervisor/runtime-flags.ts';
import type { Acted, Answer, People, Question, Ready, Rest } from './clock-channel.ts';
import { scenarioErrors } from './errors.ts';
import type { ChannelFault, RosterLine, TaskAct } from './people.ts';
import { rosterFile } from './roster-file.ts';
import type { Simulator } from './simulator.ts';

export interface ScenarioRuntimeOptions {
  /** For sentences. */
  readonly scenario: string;
  readonly definition: string;
  readonly files: Readonly<Record<string, string>>;
  readonly shared: Readonly<Record<string, string>> | undefined;
  readonly nodes: readonly FlowNode[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly endpoints: ReadonlyMap<string, Simulator>;
  /** Names of alert channels, each of which is recorded. */
  readonly channels?: readonly string[];
  readonly roster?: readonly RosterLine[];
}

/** What is asked of the runtime, without the number of the question. */
type Asked = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never;

interface ApiInit {
  readonly method?: string;
  readonly body?: unknown;
  readonly actor?: string;
}

/** Far more than it takes: one that cannot start ends, which is seen at once. */
const READY_WITHIN_MS = 180_000;
/** In real time, for one moment of the moved clock. */
const REST_WITHIN_MS = 30_000;
/** Between two looks at watched tasks, on the moved clock: seldom, since each is a stop. */
const TASK_POLL_SECONDS = 60;

export class ScenarioRuntime {
  readonly #options: ScenarioRuntimeOptions;
  readonly #base: string;
  readonly #token: string;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (answer: Answer['answer']) => void>();
  readonly #ended: Promise<never>;
  #questions = 0;
  #port = 0;
  #now: number;

  private constructor(options: ScenarioRuntimeOptions, base: string, token: string, child: ChildProcess) {
    this.#options = options;
    this.#base = base;
    this.#token = token;
    this.#child = child;
    this.#now = options.now;
    this.#ended = new Promise((_, reject) => {
      child.once('error', reject);
      child.once('exit', () => void this.#why().then((error) => reject(error)));
    });
    // Whoever waits for an answer is told; afterwards nobody needs to be.
    this.#ended.catch(() => undefined);
  }

  static async start(options: ScenarioRuntimeOptions): Promise<ScenarioRuntime> {
    const base = await mkdtemp(join(tmpdir(), 'wardflow-scenario-'));
    const data = join(base, 'data');
    const flows = join(base, 'flows');
    await mkdir(join(data, 'staging'), { recursive: true, mode: 0o700 });
    await writeFiles(join(flows, options.definition), options.files);
    if (options.shared) await writeFiles(join(flows, '_shared'), options.shared);
    await writeFile(join(data, 'staging', 'bindings.json'), JSON.stringify(bindings(options)), { mode: 0o600 });
    if (options.roster)
      await writeFile(join(data, 'staging', 'roster.json'), rosterFile(options.roster, options.now), { mode: 0o600 });
    const token = await ensureServiceToken(data, 'staging');
    const runtime = new ScenarioRuntime(options, base, token, launch(options, { base, data, flows }));
    try {
      await runtime.#ready();
      return runtime;
    } catch (error) {
      await runtime.stop();
      throw error;
    }
  }

  /** Of the moved clock. */
  get now(): number {
    return this.#now;
  }

  /** The runtime's own API. */
  async api<T>(path: string, init: ApiInit = {}): Promise<T> {
    return this.#read<T>(path, await this.#request(path, init));
  }

  /** What somebody tries to do, and may be refused. */
  async attempt(path: string, body: unknown, actor: string): Promise<Acted> {
    const response = await this.#request(path, { method: 'POST', body, actor });
    if (response.ok) return { refused: null, answer: await response.json().catch(() => null) };
    const problem = (await response.json().catch(() => ({}))) as Partial<ApiProblem>;
    return { refused: { code: problem.code ?? `status ${response.status}`, text: problem.title ?? 'no reason given' } };
  }

  /** Where a feed listens. */
  async portOf(feed: string): Promise<number> {
    const { feeds } = await this.api<RuntimeStatus>('/status');
    const port = feeds.find(({ name, state }) => name === feed && state === 'listening')?.port;
    if (port === undefined || port === null) throw this.#notRunnable(`the feed "${feed}" does not listen`);
    return port;
  }

  /** Resolves when nothing happens any more without time passing; gives when something is due next. */
  async rest(move?: number): Promise<number | null> {
    const until = Date.now() + REST_WITHIN_MS;
    let to = move;
    for (;;) {
      const { now, next, requests } = (await this.#ask({
        kind: 'rest',
        ...(to !== undefined && { move: to }),
      })) as Rest;
      to = undefined;
      this.#now = now;
      const simulators = [...this.#options.endpoints.values()];
      if (simulators.filter((one) => one.tick(now)).length > 0) continue;
      const held = simulators.reduce((sum, one) => sum + one.held, 0);
      if (requests <= held && simulators.every(({ serving }) => serving === 0))
        return earliest([next, ...simulators.map(({ nextAt }) => nextAt)]);
      if (Date.now() > until)
        throw scenarioErrors.create('scenario-stuck', {
          scenario: this.#options.scenario,
          seconds: REST_WITHIN_MS / 1000,
        });
    }
  }

  /** Lets time pass until then, stopping wherever something is due. */
  async goTo(moment: number): Promise<void> {
    let next = await this.rest();
    while (next !== null && next <= moment) next = await this.rest(next);
    if (moment > this.#now) await this.rest(moment);
  }

  /** Tasks, alerts, and what channels were told. */
  async people(): Promise<People> {
    return (await this.#ask({ kind: 'look' })) as People;
  }

  async setChannelFault(channel: string, fault: ChannelFault): Promise<void> {
    await this.#ask({ kind: 'fault', channel, fault });
  }

  async actOnTask(task: string, act: TaskAct): Promise<Acted> {
    return (await this.#ask({ kind: 'task', task, act })) as Acted;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve));
      // Nothing of it is kept: it need not finish anything.
      this.#child.kill('SIGKILL');
      await gone;
    }
    await rm(this.#base, { recursive: true, force: true });
  }

  #request(path: string, { method = 'GET', body, actor = 'user:scenario' }: ApiInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${API_ROOT}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, [ACTOR_HEADER]: actor, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async #read<T>(path: string, response: Response): Promise<T> {
    if (!response.ok) throw new Error(`${path.split('?')[0] ?? ''} answered ${response.status}`);
    return (await response.json()) as T;
  }

  async #ready(): Promise<void> {
    const port = new Promise<number>((resolve) => {
      this.#child.on('message', (said: Answer | Ready) => {
        if ('ready' in said) return resolve(said.ready);
        this.#answers.get(said.id)?.(said.answer);
        this.#answers.delete(said.id);
      });
    });
    this.#port = await Promise.race([port, this.#ended, this.#late('scenario-not-ready', READY_WITHIN_MS)]);
  }

  #ask(question: Asked): Promise<Answer['answer']> {
    const id = ++this.#questions;
    const answer = new Promise<Answer['answer']>((resolve) => this.#answers.set(id, resolve));
    this.#child.send({ id, ...question });
    return Promise.race([answer, this.#ended, this.#late('scenario-stuck', REST_WITHIN_MS)]);
  }

  #late(code: 'scenario-not-ready' | 'scenario-stuck', afterMs: number): Promise<never> {
    const { scenario } = this.#options;
    return new Promise((_, reject) => {
      setTimeout(() => reject(scenarioErrors.create(code, { scenario, seconds: afterMs / 1000 })), afterMs).unref();
    });
  }

  #notRunnable(reason: string): Error {
    return scenarioErrors.create('scenario-not-runnable', { definition: this.#options.definition, reason });
  }

  /** The last sentence that is no log line, as the supervisor would tell it. */
  async #why(): Promise<Error> {
    const log = await readFile(join(this.#base, 'runtime.log'), 'utf8').catch(() => '');
    const reason = log.split('\n').findLast((line) => /^[A-Z"']/.test(line) && line.length < 1_000);
    return scenarioErrors.create('scenario-runtime-failed', {
      scenario: this.#options.scenario,
      reason: reason ?? 'it said nothing.',
    });
  }
}

function launch(
  { now, channels = [] }: ScenarioRuntimeOptions,
  { base, data, flows }: { readonly base: string; readonly data: string; readonly flows: string },
): ChildProcess {
  const log = openSync(join(base, 'runtime.log'), 'a', 0o600);
  const child = spawn(
    process.execPath,
    [
      // Confined as staging is: what a proposal brings is not reviewed yet, and may hold code.
      ...runtimeFlags({
        environment: 'staging',
        dataFolder: data,
        flowsFolder: flows,
        alsoReads: [import.meta.dirname],
      }),
      createRequire(import.meta.url).resolve('node-red/red.js'),
      '-s',
      siblingFile(import.meta.url, 'runtime-settings'),
      '-u',
      join(data, 'staging', 'node-red'),
      // Node-RED takes it for a flow file, which the storage module never looks at.
      String(now),
    ],
    {
      cwd: packageRoot(),
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        PATH: process.env['PATH'],
        HOME: base,
        WARDFLOW_ENVIRONMENT: 'staging',
        WARDFLOW_DATA: data,
        WARDFLOW_FLOWS: flows,
        WARDFLOW_TASK_POLL_SECONDS: String(TASK_POLL_SECONDS),
        SCENARIO_CHANNELS: channels.join(' '),
      },
    },
  );
  closeSync(log);
  // What people wait for, and what hospitals do, goes first.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  return child;
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Every feed on a free port of this machine, every endpoint at its simulator. */
function bindings({ nodes, endpoints }: ScenarioRuntimeOptions): object {
  const feeds = nodes.filter(({ type }) => type === 'wardflow-feed').map(({ name = '' }) => name);
  return {
    kind: 'bindings',
    format: 1,
    feeds: Object.fromEntries(feeds.map((name) => [name, { listen: { host: '127.0.0.1', port: 0 } }])),
    endpoints: Object.fromEntries([...endpoints].map(([name, simulator]) => [name, simulator.binding()])),
  };
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
