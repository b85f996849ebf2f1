/**
 * Items per second through the dispatcher on the real store with a source that does nothing: what the queue costs before
 * any flow, for each way that items can hang together.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { silentLog, systemClock, timeSortedIds, type Dispatcher, type WorkSource } from '../engine/index.ts';
import { createDispatcher } from '../engine/queue/dispatcher.ts';
import { openSqliteStore } from '../engine/store/sqlite/open.ts';
import { testMessage } from '../test/kit/test-message.ts';

/** One row of the table that the benchmark prints. */
export interface QueueFigure {
  readonly queue: string;
  readonly items: number;
  readonly 'items/s': number;
  /** Of the whole process, store threads included. */
  readonly 'CPU ms/item': number;
}

const ITEMS = 20_000;
const CAPACITY = 256;
const ACCEPT_AT_ONCE = 512;
const WINDOW_MS = 7 * 24 * 3_600_000;

const CASES: readonly { readonly name: string; readonly keys: number | null }[] = [
  { name: 'no ordering key', keys: null },
  { name: '2,000 ordering keys', keys: 2000 },
  { name: 'one ordering key', keys: 1 },
];

/** `items` of one key are taken one by one, so that case runs a tenth of them. */
export async function run(items: number = ITEMS): Promise<readonly QueueFigure[]> {
  const figures: QueueFigure[] = [];
  for (const { name, keys } of CASES) figures.push(await measure(name, keys === 1 ? items / 10 : items, keys));
  return figures;
}

async function measure(name: string, items: number, keys: number | null): Promise<QueueFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'wardflow-bench-'));
  const store = await openSqliteStore({ folder, log: silentLog });
  try {
    const ids = timeSortedIds(systemClock);
    for (let from = 0; from < items; from += ACCEPT_AT_ONCE) {
      const batch = Array.from({ length: Math.min(ACCEPT_AT_ONCE, items - from) }, (_, i) => {
        const key = keys === null ? null : `key-${(from + i) % keys}`;
        const made = testMessage({ controlId: `Q${from + i}`, key }, systemClock, ids);
        return store.journal.accept(made.message, [made.work], WINDOW_MS);
      });
      await Promise.all(batch);
    }

    const done = Promise.withResolvers<void>();
    let settled = 0;
    const dispatcher: Dispatcher = createDispatcher({
      ordered: store.ordered,
      work: store.work,
      clock: systemClock,
      owner: randomUUID(),
      random: Math.random,
      log: silentLog,
      live: { publish: () => undefined },
      onStoreFailure: done.reject,
    });
    const source: WorkSource = {
      id: 'lab/results',
      definition: 'lab',
      capacity: CAPACITY,
      leaseMs: 60_000,
      deliver(work) {
        void dispatcher
          .finish(work, { outcome: { kind: 'done' }, trace: [], version: null })
          .then(() => ++settled === items && done.resolve());
      },
    };
    dispatcher.addSource(source);
    const cpu = process.cpuUsage();
    const start = performance.now();
    dispatcher.start();
    await done.promise;
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    await dispatcher.drain(0);
    const cpuMs = (user + system) / 1000 / items;
    return { queue: name, items, 'items/s': Math.round(items / seconds), 'CPU ms/item': Number(cpuMs.toFixed(3)) };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
