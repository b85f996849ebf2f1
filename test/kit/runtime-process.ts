/**
 * A real runtime in its own process, as the supervisor starts it, in folders of its own: for tests that kill it, restart
 * it, and read back what it kept. The definitions are copied, so that no test writes into the checkout.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureServiceToken } from '../../engine/index.ts';
import { API_ROOT } from '../../runtime/api/contract.ts';
import { MEMORY_ENVIRONMENT, runtimeFlags } from '../../supervisor/runtime-flags.ts';
import { COMPILE_CACHE } from './compile-cache.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** What tests count messages, tasks and effects of; further definitions that are shipped would take the same messages. */
const COUNTED: readonly string[] = ['_policy', '_shared', 'critical-lab-result', 'discharge-follow-up'];

export interface RuntimeOptions {
  /** Default `staging`. */
  readonly environment?: 'staging' | 'production';
  /** On the data folder of another, as the environments of one machine are. */
  readonly beside?: RuntimeProcess;
  /** In the data folder, before the start. */
  readonly prepareData?: (dataFolder: string, flows: string) => Promise<void>;
  readonly fhirBase?: string;
  /** Replaces or adds definitions in the copied folder before the start. */
  readonly prepareFlows?: (folder: string) => void;
  /** Copies these folders of `flows/`; empty: none. Left out: the laboratory's and the discharges', with what they share. */
  readonly definitions?: readonly string[];
  /** May depend on the data folder, which is made by the start. */
  readonly env?: Readonly<Record<string, string>> | ((folder: string) => Readonly<Record<string, string>>);
  /** Options of Node itself, before the script: a profiler, heap limits. Those of every runtime come first. */
  readonly execArgv?: readonly string[];
  /** What it may use besides what every runtime may, for what `execArgv` loads into it. */
  readonly also?: { readonly reads?: readonly string[]; readonly writes?: readonly string[] };
}

export class RuntimeProcess {
  readonly environment: 'staging' | 'production';
  readonly folder: string;
  readonly flows: string;
  readonly port: number;
  readonly mllpPort: number;
  readonly #token: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #execArgv: readonly string[];
  readonly #also: NonNullable<RuntimeOptions['also']>;
  #child: ChildProcess | undefined;

  private constructor(place: {
    environment: 'staging' | 'production';
    folder: string;
    flows: string;
    port: number;
    mllpPort: number;
    token: string;
    env: Record<string, string>;
    execArgv: readonly string[];
    also: NonNullable<RuntimeOptions['also']>;
  }) {
    this.environment = place.environment;
    this.folder = place.folder;
    this.flows = place.flows;
    this.port = place.port;
    this.mllpPort = place.mllpPort;
    this.#token = place.token;
    this.#env = place.env;
    this.#execArgv = place.execArgv;
    this.#also = place.also;
  }

  static async start(options: RuntimeOptions = {}): Promise<RuntimeProcess> {
    const environment = options.environment ?? 'staging';
    const base = options.beside
      ? resolve(options.beside.folder, '..')
      : mkdtempSync(join(tmpdir(), 'wardflow-runtime-'));
    const folder = join(base, 'data');
    const flows = join(base, 'flows');
    mkdirSync(join(folder, environment), { recursive: true, mode: 0o700 });
    for (const name of options.definitions ?? COUNTED)
      cpSync(join(ROOT, 'flows', name), join(flows, name), { recursive: true });
    options.prepareFlows?.(flows);
    await options.prepareData?.(folder, flows);
    const token = await ensureServiceToken(folder, environment);
    const runtime = new RuntimeProcess({
      environment,
      folder,
      flows,
      port: await freePort(),
      mllpPort: await freePort(),
      token,
      env: {
        ...(options.fhirBase ? { WARDFLOW_FHIR_BASE: options.fhirBase } : {}),
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        ...(typeof options.env === 'function' ? options.env(folder) : options.env),
      },
      execArgv: options.execArgv ?? [],
      also: options.also ?? {},
    });
    await runtime.restart();
    return runtime;
  }

  /** What its API and Node-RED's take from programs. */
  get token(): string {
    return this.#token;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Undefined while it runs. */
  get exitCode(): number | null | undefined {
    return this.#child ? this.#child.exitCode : undefined;
  }

  /** It was started and does not run any more, whoever ended it. */
  get ended(): boolean {
    return this.#child !== undefined && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }

  /** The signal that ended it; `null` while it runs, and where it ended by itself. */
  get endedBy(): NodeJS.Signals | null {
    return this.#child?.signalCode ?? null;
  }

  async restart(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** The options that the supervisor gives a runtime. */
  flags(): readonly string[] {
    const cache = this.#env['NODE_COMPILE_CACHE'];
    return runtimeFlags({
      environment: this.environment,
      dataFolder: this.#env['WARDFLOW_DATA'] ?? this.folder,
      flowsFolder: this.#env['WARDFLOW_FLOWS'] ?? this.flows,
      alsoReads: this.#also.reads ?? [],
      alsoWrites: [...(this.#also.writes ?? []), ...(cache === undefined ? [] : [cache])],
    });
  }

  /** Starts the process and waits for nothing. */
  launch(): void {
    const log = openSync(join(this.folder, 'runtime.log'), 'a');
    const child = spawn(
      process.execPath,
      [
        ...this.flags(),
        ...this.#execArgv,
        join(ROOT, 'node_modules/node-red/red.js'),
        '-s',
        join(ROOT, 'settings.ts'),
        '-u',
        join(this.folder, this.environment, 'node-red'),
      ],
      {
        cwd: ROOT,
        stdio: ['pipe', log, log, 'ipc'],
        env: {
          ...MEMORY_ENVIRONMENT,
          PATH: process.env['PATH'],
          HOME: this.folder,
          WARDFLOW_ENVIRONMENT: this.environment,
          WARDFLOW_DATA: this.folder,
          WARDFLOW_FLOWS: this.flows,
          [this.environment === 'staging' ? 'WARDFLOW_STAGING_PORT' : 'WARDFLOW_PRODUCTION_PORT']: String(this.port),
          [this.environment === 'staging' ? 'WARDFLOW_MLLP_PORT' : 'WARDFLOW_PRODUCTION_MLLP_PORT']: String(
            this.mllpPort,
          ),
          ...this.#env,
        },
      },
    );
    closeSync(log);
    this.#child = child;
  }

  /** Resolves when the runtime answers and its feed listens; behind the gate there may be none. */
  async ready(): Promise<void> {
    const child = this.#child;
    const until = Date.now() + 90_000;
    for (;;) {
      if (!child || child.exitCode !== null || child.signalCode !== null) {
        const by = child?.exitCode ?? child?.signalCode ?? 'nothing started';
        throw new Error(`the runtime ended with ${by}; see ${this.folder}/runtime.log`);
      }
      try {
        const status = await this.api<{ feeds: readonly { state: string }[] }>('/status');
        const open = status.feeds.every((feed) => feed.state !== 'starting');
        if (status.feeds.some((feed) => feed.state === 'listening') || (this.environment !== 'staging' && open)) return;
      } catch {
        // Not up yet.
      }
      if (Date.now() > until) throw new Error(`the runtime is not ready after 90 s; see ${this.folder}/runtime.log`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async api<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`${path.split('?')[0]} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Node-RED's own admin API, with the runtime's service token; JSON or nothing comes back. */
  async admin<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'node-red-deployment-type': 'full',
      },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async bytes(path: string): Promise<Buffer> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${API_ROOT}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'wardflow-actor': 'user:test',
        'content-type': 'application/json',
      },
    });
  }

  /** Waits until `check` holds for what `path` answers. */
  async until<T>(path: string, check: (answer: T) => boolean, withinMs = 60_000): Promise<T> {
    const end = Date.now() + withinMs;
    for (;;) {
      const answer = await this.api<T>(path);
      if (check(answer)) return answer;
      if (Date.now() > end)
        throw new Error(`${path} did not come to what was awaited: ${JSON.stringify(answer).slice(0, 600)}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** What it logged last. */
  lastLines(characters = 6000): string {
    return readFileSync(join(this.folder, 'runtime.log'), 'utf8').slice(-characters);
  }

  /** Resolves when the process has ended, by whatever. */
  async gone(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((done) => child.once('exit', done));
  }

  /** SIGKILL, as a power cut would: nothing is finished, nothing is flushed. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async dispose(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.#end('SIGKILL');
    rmSync(resolve(this.folder, '..'), { recursive: true, force: true });
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode ?? null);
    return new Promise((done) => {
      child.once('exit', (code) => done(code));
      child.kill(signal);
    });
  }
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no port'))));
    });
  });
}
