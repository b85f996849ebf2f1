/**
 * The runtime beside what one could use in its place, in the same run on the same machine with the same sender: a bare
 * server that flushes one row for each message (the floor), one that keeps nothing (the ceiling), and a plain Node-RED
 * flow that keeps nothing. Only the runtime also processes what it has acknowledged. Ratios matter, not figures.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuntimeStatus } from '../runtime/api/contract.ts';
import { RuntimeProcess } from '../test/kit/runtime-process.ts';
import { writeBenchDefinition } from './flow.ts';
import { cpuMs, drive, rssMiB } from './kit/load.ts';
import { startNodeRed } from './peers/node-red-flow.ts';

export interface PeerRow {
  readonly server: string;
  readonly connections: number;
  readonly ackedPerSecond: number;
  /** Only where acknowledged messages are processed as well. */
  readonly settledPerSecond: number | '-';
  readonly p50: number;
  readonly p99: number;
  readonly cpuMsPerMessage: number;
  readonly rssMiB: number;
}

interface Peer {
  readonly pid: number;
  readonly port: number;
  /** Resolves when what was acknowledged has been processed; absent where nothing is. */
  processed?(): Promise<void>;
  stop(): Promise<void> | void;
}

const CONNECTIONS = [1, 16];
const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 10_000);

export async function run(): Promise<readonly PeerRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-peers-'));
  const rows: PeerRow[] = [];
  try {
    for (const [name, start] of PEERS) {
      const peer = await start(folder);
      try {
        await drive(peer.port, 16, Math.min(2000, MESSAGES), 'WARM');
        await peer.processed?.();
        for (const connections of CONNECTIONS) rows.push(await measure(name, peer, connections));
      } finally {
        await peer.stop();
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(server: string, peer: Peer, connections: number): Promise<PeerRow> {
  const before = cpuMs(peer.pid);
  const { started, ...load } = await drive(peer.port, connections, MESSAGES, `${connections}`);
  await peer.processed?.();
  const settled = Math.round(MESSAGES / ((performance.now() - started) / 1000));
  return {
    server,
    connections,
    ackedPerSecond: load.ackedPerSecond,
    settledPerSecond: peer.processed ? settled : '-',
    p50: load.p50,
    p99: load.p99,
    cpuMsPerMessage: Number(((cpuMs(peer.pid) - before) / MESSAGES).toFixed(3)),
    rssMiB: rssMiB(peer.pid),
  };
}

const PEERS: readonly (readonly [name: string, start: (folder: string) => Promise<Peer>])[] = [
  ['node:net, one flushed row each (floor)', (folder) => bare('store', folder)],
  ['node:net, keeps nothing (ceiling)', (folder) => bare('nothing', folder)],
  ['Node-RED tcp in + function, keeps nothing', plainNodeRed],
  ['wardflow', wardflow],
];

async function bare(kind: 'store' | 'nothing', folder: string): Promise<Peer> {
  const child = fork(join(import.meta.dirname, 'peers/bare-server.ts'), [kind, folder]);
  const port = await new Promise<number>((done) => child.once('message', (message) => done(Number(message))));
  return { pid: child.pid ?? 0, port, stop: () => ended(child) };
}

async function plainNodeRed(folder: string): Promise<Peer> {
  const { child, port } = await startNodeRed(join(folder, 'node-red'));
  return { pid: child.pid ?? 0, port, stop: () => ended(child) };
}

async function wardflow(): Promise<Peer> {
  const runtime = await RuntimeProcess.start({
    definitions: [],
    prepareFlows: (folder) => writeBenchDefinition(folder, 'table'),
    env: { WARDFLOW_LOG_LEVEL: 'warn' },
  });
  return {
    pid: runtime.pid,
    port: runtime.mllpPort,
    processed: async () => {
      await runtime.until<RuntimeStatus>('/status', ({ work }) => work.waiting + work.claimed === 0, 300_000);
    },
    stop: () => runtime.dispose(),
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

if (import.meta.main) console.table(await run());
