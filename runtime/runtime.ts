/**
 * The life of a runtime around Node-RED's own:
 *
 *   composed -> prepared (engine open, definitions read) -> running (flows started, feeds listening) -> stopping -> ended
 *
 * Longer than most files: the order of its steps is what it is about.
 *
 * Node-RED calls `prepare` through the storage module before it loads nodes. A failure before `running` is one sentence on
 * standard error and exit code 1; the supervisor repeats it.
 */
import type { IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import {
  WardflowError,
  createEngine,
  definitionSet,
  ensureServiceToken,
  environmentFolder,
  errorName,
  isGated,
  loadBindings,
  loadDefinitions,
  runtimePort,
  type AuditEntry,
  type Bindings,
  type Config,
  type DefinitionSet,
  type Engine,
  type EngineOptions,
  type Log,
  storeChoice,
} from '../engine/index.ts';
import { createRuntimeApi, type RuntimeApi } from './api/index.ts';
import type { RuleTableSaver } from './api/rule-table-routes.ts';
import { tokenCheck } from './api/service-token.ts';
import type { NodeRed } from './branch-hooks/live-node.ts';
import { createDefinitions, type LoadedDefinitions } from './definitions.ts';
import { confine } from './containment.ts';
import { runtimeErrors } from './errors.ts';
import type { Gate } from './gate/gate.ts';
import type { GatedNodeRed } from './gate/node-red-host.ts';
import type { OpenedGate } from './gate/open-gate.ts';
import { createPinnedSamples } from './samples/pinned-samples.ts';
import { readOnly, type ReadOnly } from './gate/read-only.ts';
import type { Login } from './login.ts';
import { createNodeServices, type RuntimeServices } from './node-services.ts';
import { guardUpgrades } from './origin-guard.ts';
import type { Comms } from './editor-channel.ts';
import type { Deploy, EditorContext } from './editor-api/contract.ts';
import { dropSessionOfUpgrades } from './session-cookie.ts';
import { muteConsole } from './mute-console.ts';
import { oneAtATime, type Alone } from './storage/alone.ts';
import type { DeployUser } from './storage/storage-module.ts';

interface RunningNodeRed extends NodeRed {
  readonly server: Server | null;
  readonly runtime: { readonly comms: Comms } & GatedNodeRed['runtime'];
  readonly nodes: NodeRed['nodes'] & GatedNodeRed['nodes'];
  stop(): Promise<void>;
}

/** How long work in flight may take to finish when the process is asked to end; the rest is delivered again. */
const DRAIN_MS = 5_000;
/** Whatever hangs, the process ends after this. */
const END_MS = 15_000;

/** What only a runtime for scenarios gives its engine; one that people work with has none of it. */
export type EngineSeams = Pick<EngineOptions, 'clock' | 'random' | 'aroundStore' | 'alertChannels'>;

export class Runtime {
  readonly config: Config;
  readonly log: Log;
  readonly folder: string;
  readonly api: RuntimeApi;
  /** Of what writes the definitions. */
  readonly alone: Alone = oneAtATime();
  /** Called once with what the editor will be served by. */
  onServer: ((server: Server, comms: Comms) => void) | null = null;
  readonly #version: string;
  readonly #seams: EngineSeams;
  readonly #startedAt = Date.now();
  #token = '';
  #isToken: (given: string) => boolean = () => false;
  #engine: Engine | null = null;
  #services: RuntimeServices | null = null;
  #definitions: LoadedDefinitions | null = null;
  #bindings: Bindings | null = null;
  #gate: OpenedGate | null = null;
  #running = false;
  #stopping = false;

  constructor(config: Config, log: Log, version: string, seams: EngineSeams = {}) {
    this.#seams = seams;
    this.config = config;
    this.log = log;
    this.#version = version;
    this.folder = environmentFolder(config.dataFolder, config.environment);
    this.api = createRuntimeApi((given) => this.isToken(given), config.environment, log);
  }

  get token(): string {
    return this.#token;
  }

  get running(): boolean {
    return this.#running;
  }

  /** HL7 messages that wait for the answer of a receiver: who moves the clock waits for them. */
  messagesUnderWay(): number {
    return this.#engine?.hl7Endpoints.health().reduce((sum, { inFlight }) => sum + inFlight, 0) ?? 0;
  }

  /** It runs what was approved and ordered, and nothing else. */
  get gated(): boolean {
    return isGated(this.config.environment);
  }

  get gate(): Gate {
    if (!this.#gate) throw new TypeError('the runtime is not prepared yet');
    return this.#gate.gate;
  }

  /** Refuses what people would change here, and keeps who tried. */
  readOnly(login: Login): ReadOnly {
    return readOnly({
      now: () => this.#engine?.clock.now() ?? Date.now(),
      actorOf: async ({ headers }: IncomingMessage) => {
        const user = await login.userOf(headers.cookie ?? '');
        return user === null ? undefined : user.username === 'service' ? 'service:api' : `user:${user.username}`;
      },
      record: (entry) => void this.#record(entry),
    });
  }

  isToken(given: string): boolean {
    return this.#isToken(given);
  }

  /** For `RED.settings.wardflow`: there when nodes are made. */
  get services(): RuntimeServices {
    if (!this.#services) throw new TypeError('the runtime is not prepared yet');
    return this.#services;
  }

  /** Catches what would end the process without a word of ours; called once, before Node-RED starts. */
  guard(): void {
    process.on('unhandledRejection', (error) => {
      this.log.error('a promise was rejected and nobody listened; the runtime ends', { code: errorName(error) });
      process.exit(1);
    });
    process.once('disconnect', () => this.#stop('the supervisor is gone'));
  }

  async prepare(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Those in force; none before the start. */
  definitions(): DefinitionSet {
    return this.#definitions?.current() ?? definitionSet([]);
  }

  /** For the forms of nodes. */
  readonly previews = {
    journal: () => this.#engine?.store.journal,
    previewOf: (type: string) => this.#services?.previewOf(type),
    valuePreviewOf: (type: string) => this.#services?.valuePreviewOf(type),
    util: () => (createRequire(import.meta.url)('node-red') as RunningNodeRed).util,
  };

  /** For the forms of FHIR nodes. */
  readonly fhir = {
    endpoints: () => this.#engine?.endpoints,
    hasCredentials: (name: string) => {
      const binding = this.#bindings?.endpoints[name];
      return binding?.kind === 'fhir' ? (binding.auth?.kind ?? 'none') !== 'none' : undefined;
    },
  };

  /** What runs behind the gate. */
  release(): EditorContext['release'] {
    return this.#gate?.gate.state().running ?? null;
  }

  /** The latest deploys, newest first. */
  async deploys(): Promise<readonly Deploy[]> {
    const records = await this.#engine?.store.audit.list({
      type: 'definition.deployed',
      limit: 200,
      order: 'newest-first',
    });
    return (records ?? []).map(({ definition = '', actor, at }) => ({
      definition,
      by: actor.replace(/^user:/, ''),
      at,
    }));
  }

  /** A deploy has written these; Node-RED makes the flows active next. */
  async deployed(next: DefinitionSet, user: DeployUser | undefined): Promise<void> {
    if (!this.#engine || !this.#definitions) return;
    const { clock, store } = this.#engine;
    const fresh = await this.#definitions.replace(next);
    await store.audit.append(
      fresh.map(({ definition, previous }) => ({
        at: clock.now(),
        type: 'definition.deployed',
        actor: user?.username === undefined ? 'system' : `user:${user.username}`,
        definition: definition.name,
        version: definition.version,
        details: { previous },
      })),
    );
  }

  async #saveTable(...[place, text, before, actor]: Parameters<RuleTableSaver['save']>): Promise<boolean> {
    const { saveTable } = await import('./rule-tables/save-table.ts');
    return this.alone(async () => {
      const next = await saveTable(this.config.flowsFolder, this.folder, place, text, before);
      if (!next) return false;
      await this.deployed(next, actor.startsWith('user:') ? { username: actor.slice('user:'.length) } : undefined);
      return true;
    });
  }

  async #enforce(next: DefinitionSet, person: string | null): Promise<void> {
    if (person === null) await this.#definitions?.replace(next);
    else await this.deployed(next, { username: person });
  }

  /** One clear sentence, exit code 1. */
  fail(error: unknown): never {
    const known =
      error instanceof WardflowError
        ? error
        : runtimeErrors.create('runtime-start-failed', { reason: errorName(error) });
    process.stderr.write(`${known.message} ${known.remedy}\n`);
    process.exit(1);
  }

  async #prepare(): Promise<void> {
    const { config, log } = this;
    this.#token = await ensureServiceToken(config.dataFolder, config.environment);
    this.#isToken = tokenCheck(this.#token);
    const bindings = await loadBindings(this.folder, config);
    this.#bindings = bindings;
    const definitions = this.gated ? definitionSet([]) : await loadDefinitions(config.flowsFolder);
    const engine = await createEngine({
      ...this.#seams,
      environment: config.environment,
      dataFolder: this.folder,
      store: storeChoice(config),
      retention: { bodiesDays: config.retentionBodiesDays, messagesDays: config.retentionMessagesDays },
      bindings,
      consoleUrl: consolePages(config, this.gated),
      log,
      taskPollMs: config.taskPollSeconds * 1000,
      reconcileHours: config.reconcileHours,
      backlogLimit: config.backlogLimit,
      mllp: {
        frameMs: config.mllpFrameSeconds * 1000,
        maxConnections: config.mllpMaxConnections,
        maxPerAddress: config.mllpMaxPerAddress,
        maxPendingBytes: config.mllpMaxPendingMib * 1024 * 1024,
      },
      onFatal: (error) => {
        log.error('the store is lost; the runtime ends and is started again', { code: errorName(error) });
        process.exit(1);
      },
    });
    this.#engine = engine;
    this.#definitions = createDefinitions(engine, definitions);
    await this.#definitions.replace(definitions);
    const red = createRequire(import.meta.url)('node-red') as RunningNodeRed;
    if (this.gated) {
      // Only here: where definitions are made nothing of it is needed.
      const { openGate } = await import('./gate/open-gate.ts');
      this.#gate = openGate({
        dataFolder: config.dataFolder,
        pulls: config.releasesFrom !== null,
        engine,
        red,
        bindings,
        version: this.#version,
        services: () => this.services,
        enforce: (next, person) => this.#enforce(next, person),
      });
    }
    this.#services = createNodeServices({
      engine,
      red,
      definitions: this.#definitions,
      onStarted: () => {
        this.#started();
        this.#gate?.host.flowsStarted();
      },
      onFailure: (error) => {
        if (!this.#running) this.fail(error);
      },
    });
    this.#services.install();
    // From here on no thread is started any more. What a later deploy brings is validated in this one, in a shorter time.
    const speaksFhir = Object.values(bindings.endpoints).some(({ kind }) => kind === 'fhir');
    const validates = definitions.all.some(({ flow }) => flow.some(({ type }) => type === 'fhir validate'));
    if (speaksFhir || validates) engine.validator.standBy();
    this.api.beforeConfinement();
    // Last: Node-RED loads the nodes next.
    if (!confine()) log.warn('flows may use every file of this user: the runtime was started without its confinement');
    red.events.on('runtime-event', (event: RuntimeEvent) => this.#onRuntimeEvent(event));
    if (red.server) {
      dropSessionOfUpgrades(red.server);
      guardUpgrades(red.server);
      this.onServer?.(red.server, red.runtime.comms);
      red.server.prependListener('error', (error) => this.fail(portError(error, config)));
    }
  }

  #started(): void {
    if (this.#running || !this.#engine) return;
    const refused = this.#engine.intake.status().find((feed) => feed.state === 'failed');
    if (refused)
      this.fail(
        runtimeErrors.create('feed-refused', { feed: refused.name, reason: refused.error?.text ?? 'it is closed' }),
      );
    this.#running = true;
    muteConsole(this.log);
    this.#engine.start();
    this.#gate?.gate.started();
    this.#open();
    void this.#audit('runtime.started');
    this.log.info('the runtime is ready', { port: runtimePort(this.config).port });
  }

  async #audit(type: 'runtime.started' | 'runtime.stopped'): Promise<void> {
    if (!this.#engine) return;
    const { clock, environment } = this.#engine;
    const details = { environment, version: this.#version };
    await this.#record({ at: clock.now(), type, actor: 'system', details });
  }

  async #record(entry: AuditEntry): Promise<void> {
    try {
      await this.#engine?.store.audit.append([entry]);
    } catch (error) {
      this.log.error('the audit trail could not be written', { code: errorName(error) });
    }
  }

  /** Node types that are missing stop the flows, not the runtime: the editor is where they are mended. */
  #onRuntimeEvent(event: RuntimeEvent): void {
    const error = event.id === 'runtime-state' ? event.payload?.error : undefined;
    if (error === undefined) return;
    this.log.error('the flows do not run', { code: error, count: event.payload?.types?.length ?? 0 });
    this.#open();
  }

  #open(): void {
    this.#takeSignals();
    if (!this.#engine || !this.#definitions) return;
    const engine = this.#engine;
    const definitions = this.#definitions;
    this.api.open({
      engine,
      version: this.#version,
      startedAt: this.#startedAt,
      definitions: () => definitions.current(),
      drain: () => engine.dispatcher.drain(DRAIN_MS),
      gate: this.#gate?.gate,
      ruleTables: this.gated ? undefined : { save: (...change) => this.#saveTable(...change) },
      samples: createPinnedSamples(this.folder),
    });
  }

  /** Node-RED would stop its flows at once and leave: work in flight finishes first. */
  #takeSignals(): void {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.removeAllListeners(signal);
      process.on(signal, () => this.#stop(`received ${signal}`));
    }
  }

  #stop(why: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.log.info(`the runtime stops: ${why}`);
    setTimeout(() => process.exit(0), END_MS).unref();
    this.#end().then(
      () => process.exit(0),
      (error: unknown) => {
        this.log.error('the runtime could not stop cleanly', { code: errorName(error) });
        process.exit(1);
      },
    );
  }

  async #end(): Promise<void> {
    this.api.close();
    this.#gate?.gate.stop();
    if (this.#running) await this.#audit('runtime.stopped');
    await this.#engine?.stop(DRAIN_MS);
    const red = createRequire(import.meta.url)('node-red') as RunningNodeRed;
    await red.stop();
  }
}

interface RuntimeEvent {
  readonly id: string;
  readonly payload?: { readonly error?: string; readonly types?: readonly string[] };
}

function portError(error: NodeJS.ErrnoException, config: Config): WardflowError {
  return runtimeErrors.create(
    'editor-port',
    { ...runtimePort(config), reason: error.code ?? 'unknown reason' },
    { cause: error },
  );
}

/** Where people look at this environment: an environment behind the gate has its pages below its name. */
function consolePages({ publicUrl, governancePort, environment }: Config, gated: boolean): string {
  const root = (publicUrl ?? `http://localhost:${governancePort}`).replace(/\/+$/, '');
  return gated ? `${root}/${environment}` : root;
}
