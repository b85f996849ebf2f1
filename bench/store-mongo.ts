/**
 * The store on MongoDB, as bench/store.ts measures the embedded one: on `WARDFLOW_MONGODB_URL`, or one member started beside
 * the checkout. `insertMany` is what the server takes at best (200 documents of 1 KB at a time), `insertOne` what it takes
 * one by one, both with `w: majority, j: true`. The processor time is this process's, not the server's.
 */
import { randomBytes } from 'node:crypto';
import { createConnection } from 'mongoose';
import { silentLog, type Store } from '../engine/index.ts';
import { openMongoStore } from '../engine/store/mongo/open.ts';
import { mongodUrl, stopMongod } from '../test/kit/mongod.ts';
import { accept, TRACE, VERSION, type StoreRow } from './store.ts';

type Row = Omit<StoreRow, 'mode'> & { readonly mode: StoreRow['mode'] | 'insertOne' | 'insertMany of 200' };

export async function run(secondsEach = 3, callers: readonly number[] = [1, 16, 64]): Promise<Row[]> {
  const found = mongodUrl();
  if (!found) {
    process.stdout.write('skipped: set WARDFLOW_MONGODB_URL to a replica set whose databases may be written\n');
    return [];
  }
  const url = new URL(await found());
  url.pathname = `/wardflow_bench_${randomBytes(6).toString('hex')}`;
  try {
    const rows: Row[] = [
      await measure(url.href, 'insertOne', 1, secondsEach),
      await measure(url.href, 'insertMany of 200', 1, secondsEach),
    ];
    for (const mode of ['accept', 'accept-claim-settle'] as const) {
      for (const count of callers) rows.push(await measure(url.href, mode, count, secondsEach));
    }
    return rows;
  } finally {
    await stopMongod();
  }
}

async function measure(url: string, mode: Row['mode'], callers: number, seconds: number): Promise<Row> {
  const store = await openMongoStore({ url, log: silentLog });
  const connection = await createConnection(url, { writeConcern: { w: 'majority', j: true } }).asPromise();
  const latencies: number[] = [];
  const timed = async (action: () => Promise<unknown>): Promise<void> => {
    const before = performance.now();
    await action();
    latencies.push(performance.now() - before);
  };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + seconds * 1000;
  let each = 1;
  if (mode === 'accept-claim-settle') await throughTheQueue(store, callers, until, latencies);
  else if (mode === 'accept') {
    await Promise.all(
      Array.from({ length: callers }, async (_, lane) => {
        for (let n = 0; performance.now() < until; n++) await timed(() => accept(store, lane, n));
      }),
    );
  } else {
    const collection = connection.getClient().db(connection.name).collection('plain');
    each = mode === 'insertOne' ? 1 : 200;
    const document = { body: 'x'.repeat(1024) };
    while (performance.now() < until) {
      await timed(() => collection.insertMany(Array.from({ length: each }, () => ({ ...document }))));
    }
  }
  const elapsed = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  const stats = (await connection.getClient().db(connection.name).stats()) as {
    storageSize?: number;
    indexSize?: number;
  };
  await store.close();
  await connection.dropDatabase();
  await connection.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => rounded(latencies[Math.floor(latencies.length * share)] ?? 0);
  const total = latencies.length * each;
  return {
    mode,
    callers,
    perSecond: Math.round(total / elapsed),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMsEach: rounded((used.user + used.system) / 1000 / total),
    diskBytesEach: Math.round(((stats.storageSize ?? 0) + (stats.indexSize ?? 0)) / total),
  };
}

/** As the dispatcher does it: one claim at a time, made when something has come or gone; a caller waits for its settling. */
async function throughTheQueue(store: Store, callers: number, until: number, latencies: number[]): Promise<void> {
  const waiting = new Map<string, () => void>();
  const state = { producing: callers, inFlight: 0, dirty: false };
  let wake = (): void => undefined;
  const woken = (): void => {
    state.dirty = true;
    wake();
  };
  const consumer = async (): Promise<void> => {
    while (state.producing > 0 || waiting.size > 0) {
      if (!state.dirty) await new Promise<void>((resolve) => (wake = resolve));
      state.dirty = false;
      const now = Date.now();
      const request = {
        subscription: 'bench/in',
        limit: Math.max(1, 256 - state.inFlight),
        owner: 'bench',
        version: VERSION,
      };
      const claimed = await store.work.claim([{ ...request, now, leaseUntil: now + 60_000 }]);
      state.inFlight += claimed.length;
      for (const work of claimed) {
        const about = { workId: work.id, fence: work.fence, at: Date.now(), trace: TRACE, version: VERSION };
        void store.work.settle({ ...about, settlement: { kind: 'done' } }).then(() => {
          state.inFlight--;
          waiting.get(work.id)?.();
          waiting.delete(work.id);
          return woken();
        });
      }
    }
  };
  const producers = Array.from({ length: callers }, async (_, lane) => {
    for (let n = 0; performance.now() < until; n++) {
      const before = performance.now();
      const settled = new Promise<void>((resolve) => waiting.set(`w${lane}-${n}`, resolve));
      await accept(store, lane, n);
      woken();
      await settled;
      latencies.push(performance.now() - before);
    }
    state.producing--;
    woken();
  });
  await Promise.all([...producers, consumer()]);
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
