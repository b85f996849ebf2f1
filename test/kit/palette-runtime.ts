/**
 * The palette as a site runs it, in this process: the built nodes in a real Node-RED, over the real engine with its
 * SQLite store, real MLLP in and a real FHIR server out. Only the clock is the test's.
 */
import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before } from 'mocha';
import {
  createEngine,
  definitionFromFiles,
  definitionSet,
  ManualClock,
  silentLog,
  type Bindings,
  type Definition,
  type EndpointBinding,
  type Engine,
  type WorkView,
} from '../../engine/index.ts';
import type { NodeRed } from '../../runtime/branch-hooks/live-node.ts';
import { createDefinitions, type LoadedDefinitions } from '../../runtime/definitions.ts';
import { createNodeServices, type RuntimeServices } from '../../runtime/node-services.ts';
import { buildPalette } from '../../scripts/build-palette.ts';
import { eventually } from './eventually.ts';
import { MllpSender } from './mllp-sender.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export const TAB = 'tab';

interface RedModule extends Omit<NodeRed, 'events'> {
  readonly events: NodeRed['events'] & EventEmitter;
  init(server: null, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly runtime: {
    readonly flows: {
      setFlows(options: { flows: { flows: readonly object[] }; deploymentType: string }): Promise<{ rev: string }>;
    };
  };
  readonly nodes: NodeRed['nodes'] & { clearRegistry(): void };
}

export interface NodeStatusSeen {
  readonly id: string;
  readonly fill?: string;
  readonly text?: string;
}

/** By logical name: the base of a FHIR server, the port of a receiver over MLLP, or the base of an HTTP server. */
export type PaletteEndpoints = Readonly<
  Record<string, string | { readonly port: number; readonly connections?: number } | { readonly http: string }>
>;

/** What is bound beside feed and endpoints. */
export type PaletteBindings = Partial<Pick<Bindings, 'subscriptions' | 'events' | 'leftOut'>>;

export interface DefinitionParts {
  /** Nodes on the tab `TAB`, and config nodes. */
  readonly flow: readonly object[];
  readonly rules?: readonly { readonly name: string }[];
  /** Path in the folder -> text: mappings, code maps. */
  readonly files?: Readonly<Record<string, string>>;
  readonly ladders?: readonly { readonly name: string }[];
  readonly alerts?: readonly { readonly name: string }[];
  readonly checklists?: readonly { readonly name: string }[];
  /** Default `lab`. */
  readonly name?: string;
  /** Changes to intent.json. */
  readonly intent?: object;
}

export class PaletteRuntime {
  readonly red = createRequire(import.meta.url)('node-red') as RedModule;
  readonly clock = new ManualClock();
  readonly folder = mkdtempSync(join(tmpdir(), 'wardflow-palette-'));
  readonly #palette = join(this.folder, 'palette');
  readonly statuses: NodeStatusSeen[] = [];
  #engine: Engine | undefined;
  #services: RuntimeServices | undefined;
  #definitions: LoadedDefinitions | undefined;
  #flows: readonly object[] = [];
  #sender: MllpSender | undefined;
  readonly #onStatus = (event: { id: string; status: object }): void =>
    void this.statuses.push({ id: event.id, ...event.status });

  get engine(): Engine {
    if (!this.#engine) throw new Error('not started');
    return this.#engine;
  }

  get services(): RuntimeServices {
    if (!this.#services) throw new Error('not started');
    return this.#services;
  }

  async start(endpoints: PaletteEndpoints, more: PaletteBindings = {}): Promise<void> {
    await buildPalette(ROOT, this.#palette, { scripts: false });
    mkdirSync(join(this.folder, 'node-red'));
    writeFileSync(join(this.folder, 'node-red/package.json'), '{"name":"test","private":true}\n');
    this.#engine = await createEngine({
      environment: 'test',
      dataFolder: this.folder,
      bindings: {
        feeds: { hospital: { listen: { host: '127.0.0.1', port: 0, tls: null, allow: [] } } },
        endpoints: Object.fromEntries(Object.entries(endpoints).map(([name, bound]) => [name, bindingOf(bound)])),
        ...more,
      },
      clock: this.clock,
      random: () => 0.5,
      log: silentLog,
    });
    this.#definitions = createDefinitions(this.#engine, definitionSet([]));
    this.#services = createNodeServices({ engine: this.#engine, red: this.red, definitions: this.#definitions });
    this.red.init(null, this.#settings());
    this.#services.install();
    this.red.events.on('node-status', this.#onStatus);
    const started = once(this.red.events, 'flows:started');
    await this.red.start();
    await started;
    this.#engine.start();
  }

  /** Puts one definition in force and deploys its flow; resolves when its feeds listen. */
  async deploy(parts: DefinitionParts): Promise<Definition> {
    const definition = definitionOf(parts);
    await this.#definitions?.replace(definitionSet([definition]));
    this.statuses.length = 0;
    this.#sender?.close();
    this.#sender = undefined;
    const started = once(this.red.events, 'flows:started');
    const flows = structuredClone(definition.flow) as object[];
    await this.red.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'full' });
    await started;
    return definition;
  }

  /** Takes what is in force out of force; its flow runs on, as until the deploy that follows. */
  async forgetDefinitions(): Promise<void> {
    await this.#definitions?.replace(definitionSet([]));
  }

  /** Sends a message over MLLP and waits for its answer; returns its id in the journal. */
  async send(body: string): Promise<string> {
    await eventually('the feed listens', () => this.engine.intake.status()[0]?.state === 'listening');
    this.#sender ??= new MllpSender(this.engine.intake.status()[0]?.port ?? 0);
    await this.#sender.send(body);
    const [newest] = await this.engine.store.journal.list({ limit: 1 });
    if (!newest) throw new Error('nothing was accepted');
    return newest.id;
  }

  /** The message's work once each item has come to one of these states; `waiting` means for a retry. */
  async settled(
    messageId: string,
    states: readonly WorkView['state'][] = ['done', 'dead'],
  ): Promise<readonly WorkView[]> {
    let work: readonly WorkView[] = [];
    await eventually(`the work is ${states.join(' or ')}`, async () => {
      this.catchUp();
      work = await this.engine.store.work.ofMessage(messageId);
      return (
        work.length > 0 &&
        work.every(({ state, failure }) => states.includes(state) && (state !== 'waiting' || failure !== null))
      );
    });
    return work;
  }

  /** Timers set while time was being moved, for a moment that it had already moved past. */
  catchUp(): void {
    this.clock.advance(0);
  }

  async sendAndSettle(body: string, states?: readonly WorkView['state'][]): Promise<Settled> {
    const id = await this.send(body);
    return { id, work: await this.settled(id, states) };
  }

  async stop(): Promise<void> {
    this.#sender?.close();
    this.red.events.removeListener('node-status', this.#onStatus);
    await this.red.stop();
    this.#services?.uninstall();
    this.red.nodes.clearRegistry();
    await this.#engine?.stop(2000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #settings(): object {
    const storage = {
      init: async () => undefined,
      getFlows: async () => this.#flows,
      saveFlows: async (flows: object[]) => {
        this.#flows = flows;
      },
      getCredentials: async () => ({}),
      saveCredentials: async () => undefined,
      getSettings: async () => ({}),
      saveSettings: async () => undefined,
      getSessions: async () => ({}),
      saveSessions: async () => undefined,
      getLibraryEntry: async () => [],
      saveLibraryEntry: async () => undefined,
    };
    return {
      userDir: join(this.folder, 'node-red'),
      nodesDir: [this.#palette],
      httpAdminRoot: false,
      httpNodeRoot: false,
      storageModule: storage,
      credentialSecret: false,
      externalModules: { autoInstall: false },
      logging: { console: { level: 'off' } },
      nodesExcludes: ['90-exec.js'],
      wardflow: this.#services,
    };
  }
}

function bindingOf(bound: PaletteEndpoints[string]): EndpointBinding {
  if (typeof bound === 'string')
    return { kind: 'fhir', base: bound, auth: { kind: 'none' }, timeoutMs: 5000, concurrency: 8 };
  if ('http' in bound) {
    const limits = { timeoutMs: 5000, concurrency: 4, maxAnswerBytes: 1024 * 1024 };
    return { kind: 'http', base: bound.http, auth: { kind: 'none' }, tls: null, ...limits };
  }
  const { port, connections = 1 } = bound;
  return { kind: 'mllp', host: '127.0.0.1', port, tls: null, answerMs: 30_000, connections, idleMs: 0 };
}

export interface Settled {
  readonly id: string;
  readonly work: readonly WorkView[];
}

export function definitionOf({
  flow,
  rules = [],
  ladders = [],
  alerts = [],
  checklists = [],
  name = 'lab',
  intent = {},
  files: more = {},
}: DefinitionParts): Definition {
  const files: Record<string, string> = {
    'flow.json': JSON.stringify([{ id: TAB, type: 'tab', label: 'Test' }, ...flow]),
    'intent.json': JSON.stringify({
      kind: 'intent',
      format: 1,
      title: 'Test',
      purpose: 'Shows that a node does what it says.',
      owner: { name: 'Test', role: 'tester', contact: 'test@example.org' },
      risk: 'low',
      feeds: ['hospital'],
      endpoints: ['ehr'],
      dataUsed: [],
      runbook: 'Runbook',
      reviewBy: '2027-01-01',
      ...intent,
    }),
    'README.md': '# Test\n\n## Runbook\n\nNothing.\n',
    ...more,
  };
  for (const table of rules) files[`rules/${table.name}.json`] = JSON.stringify(table);
  for (const list of checklists) files[`checklists/${list.name}.json`] = JSON.stringify(list);
  for (const policy of alerts) files[`alerts/${policy.name}.json`] = JSON.stringify(policy);
  for (const ladder of ladders) files[`ladders/${ladder.name}.json`] = JSON.stringify(ladder);
  return definitionFromFiles(name, files);
}

/** A node on the test's tab; `to` lists what each output is wired to. */
export function node(id: string, type: string, settings: object = {}, ...to: readonly (readonly string[])[]): object {
  return { id, type, z: TAB, x: 100, y: 100, ...settings, wires: to };
}

/** The feed, an `hl7 in` that goes to `next`, `message done` as `done`, and the catch-all that ends in `message failed`. */
export function frame(next: string, hl7In: object = {}): readonly object[] {
  return [
    { id: 'c-feed', type: 'wardflow-feed', name: 'hospital' },
    { id: 'c-ehr', type: 'wardflow-fhir-endpoint', name: 'ehr' },
    node('in', 'hl7 in', { subscription: 'results', feed: 'c-feed', ...hl7In }, [next]),
    node('done', 'message done'),
    node('catch', 'catch', { scope: null, uncaught: true }, ['failed']),
    node('failed', 'message failed'),
  ];
}

/** Starts a runtime before the suite's tests and stops it after them. */
export function usePalette(endpoints: () => Promise<PaletteEndpoints>, more: PaletteBindings = {}): PaletteRuntime {
  const runtime = new PaletteRuntime();
  before(async () => runtime.start(await endpoints(), more));
  after(() => runtime.stop());
  return runtime;
}

/** How a message's work ended, short enough to compare. */
export function ends({ work }: Settled): readonly string[] {
  return work.map(({ state, failure }) => (failure ? `${state} ${failure.class} ${failure.code}` : state));
}
