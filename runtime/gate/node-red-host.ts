/** The gate's hands: Node-RED, the engine's dispatcher and the definitions in force of this process. */
import type { Bindings, DefinitionSet, Engine } from '../../engine/index.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import type { RuntimeServices } from '../node-services.ts';
import type { GateHost } from './host.ts';
import { moduleVersion } from './module-version.ts';

/** The part of Node-RED that the gate uses. */
export interface GatedNodeRed {
  readonly runtime: {
    readonly flows: {
      setFlows(options: {
        readonly flows: { readonly flows: readonly NodeConfig[] };
        readonly deploymentType: 'flows';
        readonly user: { readonly username: string };
      }): Promise<unknown>;
    };
  };
  readonly nodes: {
    getType(type: string): unknown;
    getNodeList(): readonly { readonly module: string; readonly version?: string }[];
    getFlows(): { readonly flows: readonly NodeConfig[] } | null;
  };
}

export interface NodeRedHostOptions {
  readonly engine: Engine;
  readonly red: GatedNodeRed;
  readonly bindings: Pick<Bindings, 'feeds' | 'endpoints' | 'channels'>;
  readonly version: string;
  readonly services: () => Pick<RuntimeServices, 'quiet'>;
  readonly enforce: (definitions: DefinitionSet, person: string | null) => Promise<void>;
}

export interface NodeRedHost extends GateHost {
  /** The flows have started and their feeds are in force. */
  flowsStarted(): void;
}

const START_WITHIN_MS = 30_000;
const DRAIN_MS = 60_000;
/** Most messages take milliseconds; what takes longer is delivered again. */
const QUIET_MS = 5_000;

export function nodeRedHost(options: NodeRedHostOptions): NodeRedHost {
  const { engine, red, bindings, version, enforce } = options;
  let started: () => void = () => undefined;
  return {
    version,
    enforce,
    flowsStarted: () => started(),
    bound: {
      feed: new Set(Object.keys(bindings.feeds)),
      channel: new Set(Object.keys(bindings.channels)),
      endpoint: new Map(Object.entries(bindings.endpoints).map(([name, { kind }]) => [name, kind])),
    },
    installed: () => ({
      hasType: (type) => Boolean(red.nodes.getType(type)),
      modules: new Map(
        red.nodes.getNodeList().map(({ module, version: its = '' }) => [module, moduleVersion(module, its)] as const),
      ),
    }),
    active: () => red.nodes.getFlows()?.flows ?? [],
    async deploy(nodes, person) {
      const running = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, START_WITHIN_MS);
        started = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const flows = structuredClone(nodes);
      try {
        await red.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'flows', user: { username: person } });
      } catch (error) {
        started();
        throw error;
      }
      await running;
    },
    quiet: (definitions) => options.services().quiet(definitions, QUIET_MS),
    drain: () => engine.dispatcher.drain(DRAIN_MS),
    resume: () => engine.dispatcher.start(),
    async openWork() {
      const open = new Map<string, number>();
      for (const { subscription, count } of await engine.store.work.backlog()) {
        const definition = subscription.split('/')[0] ?? '';
        open.set(definition, (open.get(definition) ?? 0) + count);
      }
      return open;
    },
  };
}
