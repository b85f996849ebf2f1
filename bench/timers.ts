/**
 * Lateness of timers: many escalations due in one minute, each told to a source that does nothing. From the moment at which
 * a step is due to its delivery, over the whole way through the real store. Target: p99 of 100,000 within 1 s.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { idOfTimer, openTimers, seedTimers, TIMERS } from '../test/kit/many-timers.ts';

/** One row of the table that the benchmark prints. Lateness in milliseconds. */
export interface TimerFigure {
  readonly timers: number;
  readonly 'due within s': number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly 'CPU ms/timer': number;
}

const MINUTE = 60_000;
const COUNTS = [5000, 100_000] as const;

/** `counts`: how many are due in the minute, one run after the other. */
export async function run(counts: readonly number[] = COUNTS, spanMs = MINUTE): Promise<readonly TimerFigure[]> {
  const figures: TimerFigure[] = [];
  for (const count of counts) figures.push(await measure(count, spanMs));
  return figures;
}

async function measure(count: number, spanMs: number): Promise<TimerFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-bench-timers-'));
  const engine = await openTimers(folder);
  try {
    // They are kept before they are due, however long that takes: about a millisecond for each.
    const from = Date.now() + 2000 + count;
    await seedTimers(engine, count, from, spanMs);
    const dueAt = new Map(
      Array.from({ length: count }, (_, i) => [idOfTimer(i), from + Math.floor((i * spanMs) / count)]),
    );
    const late: number[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    engine.dispatcher.addSource({
      id: TIMERS,
      definition: 'lab',
      capacity: 256,
      leaseMs: MINUTE,
      deliver(work) {
        late.push(Date.now() - (dueAt.get(work.child?.key.split('/')[0] ?? '') ?? Number.NaN));
        if (late.length === count) resolve();
        void engine.dispatcher.finish(work, { outcome: { kind: 'done' }, trace: [], version: null });
      },
    });
    const cpu = process.cpuUsage();
    engine.start();
    await all;
    const { user, system } = process.cpuUsage(cpu);
    const sorted = late.toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.min(count - 1, Math.floor(count * part))] ?? Number.NaN;
    return {
      timers: count,
      'due within s': spanMs / 1000,
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
      'CPU ms/timer': Math.round((user + system) / count) / 1000,
    };
  } finally {
    await engine.stop(1000);
    await rm(folder, { recursive: true, force: true });
  }
}
