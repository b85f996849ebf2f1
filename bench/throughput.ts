/**
 * Messages per second through the real runtime: MLLP in -> journal (flushed) -> ACK -> flow with a 200-row rule table ->
 * settled, 1 KB ORU messages, at 1, 4, 16 and 64 connections with one message in flight each. The sender runs on the same
 * machine, in this process.
 */
import { readFileSync } from 'node:fs';
import type { RuntimeStatus } from '../runtime/api/contract.ts';
import { oru, potassium, sodium } from '../test/kit/hl7-messages.ts';
import { MllpSender } from '../test/kit/mllp-sender.ts';
import { RuntimeProcess } from '../test/kit/runtime-process.ts';
import { writeBenchDefinition } from './flow.ts';

export interface ThroughputRow {
  readonly connections: number;
  readonly messages: number;
  readonly ackedPerSecond: number;
  readonly settledPerSecond: number;
  /** Send to acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly cpuMsPerMessage: number;
  readonly rssMiB: number;
}

const CONNECTIONS = [1, 4, 16, 64];
const MESSAGES = Number(process.env['BENCH_MESSAGES'] ?? 10_000);
/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;

export async function run(): Promise<readonly ThroughputRow[]> {
  const runtime = await RuntimeProcess.start({
    definitions: [],
    prepareFlows: writeBenchDefinition,
    env: { WARDFLOW_LOG_LEVEL: 'warn' },
  });
  try {
    await round(runtime, 16, 2000, 'WARM');
    const rows: ThroughputRow[] = [];
    for (const connections of CONNECTIONS) rows.push(await round(runtime, connections, MESSAGES, `C${connections}`));
    return rows;
  } finally {
    await runtime.dispose();
  }
}

async function round(
  runtime: RuntimeProcess,
  connections: number,
  messages: number,
  mark: string,
): Promise<ThroughputRow> {
  const bodies = Array.from({ length: messages }, (_, index) => Buffer.from(body(`${mark}-${index}`, index)));
  const before = await runtime.api<RuntimeStatus>('/status');
  const cpuBefore = cpuMs(runtime.pid);
  const latencies = new Float64Array(messages);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const sender = new MllpSender(runtime.mllpPort);
      while (next < messages) {
        const index = next++;
        const sent = performance.now();
        await sender.send(bodies[index] ?? '');
        latencies[index] = performance.now() - sent;
      }
      sender.close();
    }),
  );
  const acked = performance.now();
  await runtime.until<RuntimeStatus>('/status', (now) => now.work.done - before.work.done >= messages, 300_000);
  const settled = performance.now();
  const sorted = latencies.toSorted();
  return {
    connections,
    messages,
    ackedPerSecond: Math.round(messages / ((acked - started) / 1000)),
    settledPerSecond: Math.round(messages / ((settled - started) / 1000)),
    p50: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    cpuMsPerMessage: Number(((cpuMs(runtime.pid) - cpuBefore) / messages).toFixed(3)),
    rssMiB: rssMiB(runtime.pid),
  };
}

/** About 1 KB, never critical: nothing leaves the runtime. */
function body(controlId: string, index: number): string {
  const observations = Array.from({ length: 4 }, () => [potassium('4.1'), sodium('140')]).flat();
  return oru({ controlId, patient: `B${index % 5000}`, observations: observations.slice(0, 6) });
}

const at = (sorted: Float64Array, quantile: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(2));

/** User and system time of the process with all its threads. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

function rssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

if (import.meta.main) console.table(await run());
