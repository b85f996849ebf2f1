/**
 * Messages per second through the real runtime: MLLP in -> journal (flushed) -> ACK -> flow -> settled, 1 KB messages, at
 * 1, 4, 16 and 64 connections with one message in flight each. The sender runs on the same machine, in this process. Two
 * loads: ADT and ORU by turns, one event each, through a 200-row rule table; and ORU with six results, each of them through
 * an idempotency gate and the table.
 *
 * `BENCH_IDENTITY=1`: patients are matched as the identity.json in flows/_shared says.
 *
 *     BENCH_MESSAGES=3000 BENCH_LOADS=table npm run bench throughput
 */
import { join } from 'node:path';
import type { RuntimeStatus } from '../runtime/api/contract.ts';
import { RuntimeProcess } from '../test/kit/runtime-process.ts';
import { MllpSender } from '../test/kit/mllp-sender.ts';
import { writeBenchDefinition, type BenchFlow } from './flow.ts';
import { benchMessage, cpuMs, cpuMsByThread, databaseBytes, drive, rssMiB, type BenchMessages } from './kit/load.ts';

export interface ThroughputRow {
  readonly load: string;
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

const CONNECTIONS = (process.env['BENCH_CONNECTIONS'] ?? '1,4,16,64').split(',').map(Number);
const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 10_000);
const WARM_UP = 2000;

interface BenchLoad {
  readonly name: string;
  readonly flow: BenchFlow;
  readonly messages: BenchMessages;
}

const LOADS: readonly BenchLoad[] = [
  { name: 'table', flow: 'table', messages: 'adt-oru' },
  { name: 'six results', flow: 'gate-and-table', messages: 'oru-6' },
];

export async function run(): Promise<readonly ThroughputRow[]> {
  const wanted = process.env['BENCH_LOADS']?.split(',');
  const rows: ThroughputRow[] = [];
  for (const load of LOADS) if (!wanted || wanted.includes(load.name)) rows.push(...(await measure(load)));
  return rows;
}

async function measure(load: BenchLoad): Promise<readonly ThroughputRow[]> {
  const began = performance.now();
  const runtime = await RuntimeProcess.start({
    definitions: [],
    prepareFlows: (folder) => writeBenchDefinition(folder, load.flow, process.env['BENCH_IDENTITY'] === '1'),
    env: { WARDFLOW_LOG_LEVEL: 'warn' },
    execArgv: process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [],
  });
  try {
    const first = new MllpSender(runtime.mllpPort);
    await first.send(benchMessage(load.messages, 'FIRST', 0));
    first.close();
    const startSeconds = Number(((performance.now() - began) / 1000).toFixed(1));
    await round(runtime, load, 16, WARM_UP, 'WARM');
    const rows: Omit<ThroughputRow, 'diskBytesPerMessage' | 'startSeconds'>[] = [];
    for (const connections of CONNECTIONS)
      rows.push(await round(runtime, load, connections, MESSAGES, `C${connections}`));
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
  bench: BenchLoad,
  connections: number,
  messages: number,
  mark: string,
): Promise<Omit<ThroughputRow, 'diskBytesPerMessage' | 'startSeconds'>> {
  const before = await runtime.api<RuntimeStatus>('/status');
  const cpuBefore = cpuMs(runtime.pid);
  const threadsBefore = cpuMsByThread(runtime.pid);
  const { started, ...load } = await drive(runtime.mllpPort, connections, messages, mark, bench.messages);
  await runtime.until<RuntimeStatus>('/status', (now) => now.work.done - before.work.done >= messages, 60_000);
  const settled = performance.now();
  const threads = cpuMsByThread(runtime.pid);
  const spent = (name: string): number =>
    Number((((threads.get(name) ?? 0) - (threadsBefore.get(name) ?? 0)) / messages).toFixed(3));
  return {
    load: bench.name,
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
