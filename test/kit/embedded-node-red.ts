/**
 * A real Node-RED 5 in this process, without an editor or a port: its own core nodes, flows in memory. Node-RED is one
 * per process, so `close` leaves it as a suite after this one wants to find it.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventEmitter } from 'node:events';
import type { LiveNode, NodeConfig, NodeRed } from '../../runtime/branch-hooks/live-node.ts';

export interface RunningNode extends LiveNode {
  on(
    event: 'input',
    listener: (this: RunningNode, msg: never, send: (msg: unknown) => void, done: (error?: unknown) => void) => unknown,
  ): void;
  on(event: 'close', listener: (...args: never[]) => unknown): void;
  send(msg: unknown): void;
  receive(msg: unknown): void;
  error(error: unknown, msg?: unknown): void;
}

type NodeConstructor = (this: RunningNode, config: NodeConfig) => void;

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
  readonly nodes: NodeRed['nodes'] & {
    registerType(set: string, type: string, constructor: NodeConstructor): void;
    createNode(node: RunningNode, config: NodeConfig): void;
    clearRegistry(): void;
  };
}

export class EmbeddedNodeRed {
  readonly red: RedModule = createRequire(import.meta.url)('node-red') as RedModule;
  readonly folder = mkdtempSync(join(tmpdir(), 'wardflow-node-red-'));
  #flows: readonly object[] = [];

  async start(): Promise<void> {
    writeFileSync(join(this.folder, 'package.json'), '{"name":"test","private":true}\n');
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
    this.red.init(null, {
      userDir: this.folder,
      httpAdminRoot: false,
      httpNodeRoot: false,
      storageModule: storage,
      credentialSecret: false,
      externalModules: { autoInstall: false },
      logging: { console: { level: 'off' } },
      nodesExcludes: ['90-exec.js'],
    });
    const started = once(this.red.events, 'flows:started');
    await this.red.start();
    await started;
  }

  /** Registers a node type whose constructor need not call `createNode`. */
  registerType(type: string, constructor: NodeConstructor): void {
    const { nodes } = this.red;
    nodes.registerType('wardflow-test', type, function (config) {
      nodes.createNode(this, config);
      constructor.call(this, config);
    });
  }

  /** Deploys and waits until the flows have started. */
  async deploy(flows: readonly object[], deploymentType: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    const started = once(this.red.events, 'flows:started');
    await this.red.runtime.flows.setFlows({ flows: { flows: [...structuredClone(flows)] }, deploymentType });
    await started;
  }

  /** Deploys what Node-RED cannot start, and waits until it says so. */
  async deployWithoutStart(flows: readonly object[], deploymentType: 'full' | 'flows' | 'nodes'): Promise<void> {
    const refused = new Promise<void>((resolve) => {
      const listen = (event: { readonly payload?: { readonly error?: string } }): void => {
        if (event.payload?.error === undefined) return;
        this.red.events.removeListener('runtime-event', listen);
        resolve();
      };
      this.red.events.on('runtime-event', listen);
    });
    await this.red.runtime.flows.setFlows({ flows: { flows: [...structuredClone(flows)] }, deploymentType });
    await refused;
  }

  node(id: string): RunningNode {
    const node = this.red.nodes.getNode(id);
    if (!node) throw new Error(`no running node ${id}`);
    return node as RunningNode;
  }

  async close(): Promise<void> {
    await this.red.stop();
    this.red.nodes.clearRegistry();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
