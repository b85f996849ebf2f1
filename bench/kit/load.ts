/** The load that every server of a comparison gets, from this process, and what it is measured by. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { adt, oru, potassium, sodium } from '../../test/kit/hl7-messages.ts';
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

/** ADT and ORU by turns, one clinical event each; or ORU with six results, and so six events. Nothing is critical. */
export type BenchMessages = 'adt-oru' | 'oru-6';

/** 1 KB. */
export function benchMessage(kind: BenchMessages, controlId: string, index: number): Buffer {
  return Buffer.from(`${textOf(kind, controlId, index)}NTE|1|L|${REMARK}`.slice(0, SIZE - 1) + '\r');
}

const REMARK = 'Synthetic remark. '.repeat(60);

function textOf(kind: BenchMessages, controlId: string, index: number): string {
  const patient = `B${index % 5000}`;
  if (kind === 'adt-oru' && index % 2 === 0) return adt('A03', controlId, patient);
  const observations =
    kind === 'adt-oru' ? [potassium('4.1')] : Array.from({ length: 3 }, () => [potassium('4.1'), sodium('140')]).flat();
  return oru({ controlId, patient, observations });
}

/** Sends `messages` over `connections`, one in flight on each. */
export async function drive(
  port: number,
  connections: number,
  messages: number,
  mark: string,
  kind: BenchMessages = 'adt-oru',
): Promise<Load> {
  const bodies = Array.from({ length: messages }, (_, index) => benchMessage(kind, `${mark}-${index}`, index));
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
