/**
 * Flows for tests of the branch rule: a real Node-RED with the real hooks and node services, a source, a settling node
 * and recording nodes, over a dispatcher that only remembers how each item ended.
 */
import { silentLog, systemClock } from '../../engine/index.ts';
import type {
  ClaimedWork,
  Clock,
  DefinitionSet,
  Engine,
  Failure,
  FailureClass,
  WorkResult,
  WorkSource,
} from '../../engine/index.ts';
import { createNodeServices, type RuntimeServices } from '../../runtime/node-services.ts';
import type { WardflowMessage } from '../../runtime/services.ts';
import { EmbeddedNodeRed } from './embedded-node-red.ts';

export interface Gate {
  readonly reached: Promise<void>;
  open(): void;
}

const noDefinitions: DefinitionSet = { all: [], byName: () => undefined, ofNode: () => undefined };

export class BranchFlows {
  readonly host = new EmbeddedNodeRed();
  readonly services: RuntimeServices;
  /** `<work>: <effect name>` in order of happening. */
  readonly effects: string[] = [];
  readonly results = new Map<string, WorkResult>();
  readonly sources = new Map<string, WorkSource>();
  readonly configured: unknown[] = [];
  #waiting = new Map<string, (result: WorkResult) => void>();
  #gates = new Map<string, { reached: () => void; opened: Promise<void> }>();
  #next = 0;

  constructor(clock: Clock = systemClock) {
    const engine = {
      environment: 'staging',
      clock,
      log: silentLog,
      dispatcher: {
        addSource: (source: WorkSource) => {
          this.sources.set(source.id, source);
          return () => {
            if (this.sources.get(source.id) === source) this.sources.delete(source.id);
          };
        },
        wake: () => undefined,
        tellOfDeaths: () => undefined,
        finish: async (work: ClaimedWork, result: WorkResult) => {
          if (this.results.has(work.id)) throw new Error('an item was finished twice');
          this.results.set(work.id, result);
          this.#waiting.get(work.id)?.(result);
          return 'settled' as const;
        },
      },
      live: { subscribe: () => () => undefined, publish: () => undefined },
      store: { escalations: { list: async () => [] } },
      identities: { readMergesBy: () => undefined },
      intake: { configure: async (...what: unknown[]) => void this.configured.push(what) },
    };
    this.services = createNodeServices({
      engine: engine as unknown as Engine,
      red: this.host.red,
      definitions: {
        current: () => noDefinitions,
        pinned: () => Promise.reject(new Error('no definitions in this test')),
        lastOf: () => Promise.resolve(undefined),
      },
    });
  }

  async start(): Promise<void> {
    this.services.install();
    await this.host.start();
    this.#registerNodes();
  }

  async close(): Promise<void> {
    this.services.uninstall();
    await this.host.close();
  }

  /** Everything recorded so far belongs to an earlier test. */
  reset(): void {
    this.effects.length = 0;
    this.results.clear();
    this.configured.length = 0;
  }

  /** A `test effect` node with this gate waits until it is opened. */
  gate(name: string): Gate {
    let reached = (): void => undefined;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const gate = { reached: new Promise<void>((resolve) => (reached = resolve)), open };
    this.#gates.set(name, { reached, opened });
    return gate;
  }

  /** Delivers one item to the source `test/<name>` and gives its work id. */
  deliver(payload: unknown = 'x', attempt = 1, workId = `work-${++this.#next}`): string {
    const source = this.sources.get('test/in');
    if (!source) throw new Error('the source test/in does not run');
    const work: Partial<ClaimedWork> = {
      id: workId,
      messageId: `message of ${workId}`,
      subscription: 'test/in',
      definition: 'test',
      lane: 'routine',
      orderingKey: null,
      attempt,
      fence: attempt,
      correlationId: 'c',
      traceparent: 't',
      child: null,
    };
    source.deliver({ ...work, payload } as unknown as ClaimedWork);
    return workId;
  }

  /** How the item ended. */
  async ended(workId: string): Promise<WorkResult> {
    return (
      this.results.get(workId) ??
      new Promise<WorkResult>((resolve) => {
        this.#waiting.set(workId, resolve);
      })
    );
  }

  async run(payload?: unknown): Promise<{ work: string; result: WorkResult; effects: string[]; failure?: Failure }> {
    const work = this.deliver(payload);
    const result = await this.ended(work);
    const failure = result.outcome.kind === 'failed' ? result.outcome.failure : undefined;
    return { work, result, effects: this.effectsOf(work), ...(failure ? { failure } : {}) };
  }

  effectsOf(work: string): string[] {
    return this.effects.filter((line) => line.startsWith(`${work}: `)).map((line) => line.slice(work.length + 2));
  }

  #registerNodes(): void {
    const { host, services, effects } = this;
    const gates = this.#gates;
    host.registerType('test source', function (config) {
      services.registerSource({
        nodeId: this.id,
        id: `test/${String(config['name'])}`,
        definition: 'test',
        capacity: 1000,
        leaseMs: 60_000,
        emit: async (work, context) => {
          const payloads = [(work as unknown as { payload: unknown }).payload].flat();
          if (payloads[0] === 'unreadable') throw new Error('unreadable');
          this.send([payloads.map((payload) => ({ payload, event: { name: payload }, wardflow: context }))]);
        },
      });
      this.on('close', () => services.unregister(this.id));
    });
    host.registerType('message done', function () {
      this.on('input', (msg: WardflowMessage, _send, done) => {
        services.settle(msg, { kind: 'done' });
        done();
      });
    });
    host.registerType('message failed', function (config) {
      this.on('input', (msg: WardflowMessage, _send, done) => {
        const failure: Failure = {
          class: (config['failureClass'] ?? 'permanent') as FailureClass,
          code: 'test-failed',
          text: 'It failed.',
        };
        services.settle(msg, { kind: 'failed', failure });
        done();
      });
    });
    host.registerType('test effect', function (config) {
      this.on('input', async (msg: WardflowMessage, send, done) => {
        const gate = gates.get(String(config['gate']));
        gate?.reached();
        await gate?.opened;
        effects.push(`${msg.wardflow?.workId}: ${String(config['effect'])}`);
        send(msg);
        if (config['finish']) services.settle(msg, { kind: 'done' });
        done();
      });
    });
    host.registerType('test thrower', function () {
      this.on('input', (_msg, _send, _done) => {
        throw new Error('thrown by the handler');
      });
    });
    host.registerType('test old node', function () {
      // Takes two arguments: a node of before Node-RED 1.0, which cannot say that it has finished.
      const old = (msg: WardflowMessage): void => {
        setImmediate(() => this.send(msg));
      };
      this.on('input', old);
    });
    host.registerType('test two outputs', function () {
      this.on('input', (msg: WardflowMessage, send, done) => {
        send([msg, null]);
        send([null, msg]);
        done();
      });
    });
    host.registerType('test repeater', function () {
      this.on('input', (msg: WardflowMessage, send, done) => {
        send(msg);
        send(msg);
        setImmediate(() => {
          send(msg);
          done();
        });
      });
    });
  }
}

/** Builders of nodes as the editor saves them; `to` names what output 1 is wired to, or a list per output. */
type Wires = string | readonly string[] | readonly (readonly string[])[];
const wires = (to: Wires): readonly (readonly string[])[] => {
  if (typeof to === 'string') return [[to]];
  return to.every((one) => typeof one === 'string') ? [to] : to;
};

export const node = (id: string, type: string, to: Wires = [], more: object = {}): object => ({
  id,
  type,
  z: 'tab',
  x: 0,
  y: 0,
  wires: wires(to),
  ...more,
});
export const tab = (id = 'tab'): object => ({ id, type: 'tab', label: id });
export const source = (to: Wires): object => node('in', 'test source', to, { name: 'in' });
export const done = (id = 'done'): object => node(id, 'message done');
export const failed = (id = 'failed', failureClass = 'permanent'): object =>
  node(id, 'message failed', [], { failureClass });
export const effect = (id: string, to: Wires, more: object = {}): object =>
  node(id, 'test effect', to, { effect: id, ...more });
export const fn = (id: string, func: string, to: Wires, more: object = {}): object =>
  node(id, 'function', to, { name: id, func, outputs: wires(to).length, libs: [], ...more });
export const catchAll = (id: string, to: Wires, more: object = {}): object =>
  node(id, 'catch', to, { scope: null, uncaught: false, ...more });
