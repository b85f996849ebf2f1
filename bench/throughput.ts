/**
 * Messages per second through the real runtime: MLLP in -> journal (flushed) -> ACK -> flow with an idempotency gate and a
 * 200-row rule table for each of six results -> settled, 1 KB ORU messages, at 1, 4, 16 and 64 connections with one
 * message in flight each. The sender runs on the same machine, in this process.
 *
 *     BENCH_MESSAGES=3000 npm run bench throughput
 */
import { join } from 'node:path';
import type { RuntimeStatus } from '../runtime/api/contract.ts';
import { RuntimeProcess } from '../test/kit/runtime-process.ts';
import { MllpSender } from '../test/kit/mllp-sender.ts';
import { RUNTIME_FLAGS } from '../supervisor/runtime-flags.ts';
import { writeBenchDefinition } from './flow.ts';
import { benchMessage, cpuMs, cpuMsByThread, databaseBytes, drive, rssMiB } from './kit/load.ts';

export interface ThroughputRow {
  readonly connections: number;
  readonly messages: number;
  readonly ackedPerSecond: number;
  readonly settledPerSecond: number;
  /** Send to acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly cpuMsPerMessage: number;
  /** Of it, the thread that runs the flows, and the store's threads. */
  readonly flowsCpuMs: number;
  readonly storeCpuMs: number;
  readonly rssMiB: number;
  /** After the last checkpoint, of all messages of the run. */
  readonly diskBytesPerMessage: number;
  /** From the start of the process to the first acknowledgement. */
  readonly startSeconds: number;
}

const CONNECTIONS = [1, 4, 16, 64];
const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 10_000);
const WARM_UP = 2000;

export async function run(): Promise<readonly ThroughputRow[]> {
  const began = performance.now();
  const runtime = await RuntimeProcess.start({
    definitions: [],
    prepareFlows: writeBenchDefinition,
    env: { WARDFLOW_LOG_LEVEL: 'warn' },
    execArgv: RUNTIME_FLAGS,
  });
  try {
    const first = new MllpSender(runtime.mllpPort);
    await first.send(benchMessage('FIRST', 0));
    first.close();
    const startSeconds = Number(((performance.now() - began) / 1000).toFixed(1));
    await round(runtime, 16, WARM_UP, 'WARM');
    const rows: Omit<ThroughputRow, 'diskBytesPerMessage' | 'startSeconds'>[] = [];
    for (const connections of CONNECTIONS) rows.push(await round(runtime, connections, MESSAGES, `C${connections}`));
    await runtime.stop();
    const messages = 1 + WARM_UP + MESSAGES * CONNECTIONS.length;
    const diskBytesPerMessage = Math.round(databaseBytes(join(runtime.folder, 'staging')) / messages);
    return rows.map((row) => ({ ...row, diskBytesPerMessage, startSeconds }));
  } finally {
    await runtime.dispose();
  }
}

async function round(
  runtime: RuntimeProcess,
  connections: number,
  messages: number,
  mark: string,
): Promise<Omit<ThroughputRow, 'diskBytesPerMessage' | 'startSeconds'>> {
  const before = await runtime.api<RuntimeStatus>('/status');
  const cpuBefore = cpuMs(runtime.pid);
  const threadsBefore = cpuMsByThread(runtime.pid);
  const { started, ...load } = await drive(runtime.mllpPort, connections, messages, mark);
  await runtime.until<RuntimeStatus>('/status', (now) => now.work.done - before.work.done >= messages, 300_000);
  const settled = performance.now();
  const threads = cpuMsByThread(runtime.pid);
  const spent = (name: string): number =>
    Number((((threads.get(name) ?? 0) - (threadsBefore.get(name) ?? 0)) / messages).toFixed(3));
  return {
    connections,
    messages,
    ackedPerSecond: load.ackedPerSecond,
    settledPerSecond: Math.round(messages / ((settled - started) / 1000)),
    p50: load.p50,
    p99: load.p99,
    cpuMsPerMessage: Number(((cpuMs(runtime.pid) - cpuBefore) / messages).toFixed(3)),
    // Node-RED names its process.
    flowsCpuMs: spent('node-red'),
    storeCpuMs: spent('WorkerThread'),
    rssMiB: rssMiB(runtime.pid),
  };
}

if (import.meta.main) console.table(await run());
