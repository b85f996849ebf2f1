/** The gate of a runtime, composed; loaded by a runtime that has one. */
import { join } from 'node:path';
import { releaseFolderOf } from '../../governance/release/index.ts';
import { trustFolderOf } from '../../governance/trust/read-trust-folder.ts';
import { Gate } from './gate.ts';
import { nodeRedHost, type NodeRedHost, type NodeRedHostOptions } from './node-red-host.ts';

export interface OpenGateOptions extends NodeRedHostOptions {
  /** The whole data folder. */
  readonly dataFolder: string;
  /** Releases are fetched from another host. */
  readonly pulls: boolean;
}

export interface OpenedGate {
  readonly gate: Gate;
  readonly host: NodeRedHost;
}

export function openGate({ dataFolder, pulls, ...options }: OpenGateOptions): OpenedGate {
  const { engine } = options;
  const { environment } = engine;
  const host = nodeRedHost(options);
  const gate = new Gate({
    folders: {
      environment,
      trust: trustFolderOf(dataFolder, environment),
      releases: releaseFolderOf(dataFolder, environment),
      own: join(dataFolder, environment),
    },
    host,
    clock: engine.clock,
    audit: engine.store.audit,
    live: engine.live,
    log: engine.log.with({ part: 'gate' }),
    pulls,
  });
  return { gate, host };
}
