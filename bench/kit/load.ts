/** The load that every server of a comparison gets, from this process, and what it is measured by. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { oru, potassium, sodium } from '../../test/kit/hl7-messages.ts';
import { MllpSender } from '../../test/kit/mllp-sender.ts';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;
const SIZE = 1000;

export interface Load {
  readonly ackedPerSecond: number;
  /** Send to acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** `performance.now()` when the first was sent. */
  readonly started: number;
}

/** 1 KB, six results, never critical: nothing leaves the runtime. */
export function benchMessage(controlId: string, index: number): Buffer {
  const observations = Array.from({ length: 3 }, () => [potassium('4.1'), sodium('140')]).flat();
  const text = oru({ controlId, patient: `B${index % 5000}`, observations });
  return Buffer.from(`${text}NTE|1|L|${'Synthetic remark. '.repeat(60)}`.slice(0, SIZE - 1) + '\r');
}

/** Sends `messages` over `connections`, one in flight on each. */
export async function drive(port: number, connections: number, messages: number, mark: string): Promise<Load> {
  const bodies = Array.from({ length: messages }, (_, index) => benchMessage(`${mark}-${index}`, index));
  const latencies = new Float64Array(messages);
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const sender = new MllpSender(port);
      while (next < messages) {
        const index = next++;
        const sent = performance.now();
        const answer = await sender.send(bodies[index] ?? '');
        if (!answer.includes('MSA|AA')) throw new Error('a message was not accepted');
        latencies[index] = performance.now() - sent;
      }
      sender.close();
    }),
  );
  const sorted = latencies.toSorted();
  return {
    ackedPerSecond: Math.round(messages / ((performance.now() - started) / 1000)),
    p50: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    started,
  };
}

const at = (sorted: Float64Array, quantile: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(2));

/** User and system time of the process with all its threads. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** User and system time by thread name, milliseconds: which thread the work is on. */
export function cpuMsByThread(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      const name = /\((.*)\)/.exec(stat)?.[1] ?? '';
      const fields = stat.split(') ')[1]?.split(' ') ?? [];
      const ms = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
      times.set(name, (times.get(name) ?? 0) + ms);
    } catch {
      // It has ended meanwhile.
    }
  }
  return times;
}

export function rssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
}

/** Size of the files of a SQLite database. */
export function databaseBytes(folder: string): number {
  const files = readdirSync(folder).filter((name) => /\.db(-wal)?$/.test(name));
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
