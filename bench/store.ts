/**
 * The store alone, on a real file: durable accepts, and accept-claim-settle with order per key. Rows give operations a
 * second, latencies, and the processor time of the whole process (all threads) for each message.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, silentLog, type NewMessage, type NewWork, type Store, type TraceStep } from '../engine/index.ts';

export interface StoreRow {
  readonly mode: 'accept' | 'accept-claim-settle';
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsEach: number;
  readonly diskBytesEach: number;
}

const WINDOW_MS = 7 * 24 * 3600 * 1000;
const BODY = 1024;

export async function run(secondsEach = 3, callers: readonly number[] = [1, 16, 64, 256]): Promise<StoreRow[]> {
  const rows: StoreRow[] = [];
  for (const mode of ['accept', 'accept-claim-settle'] as const) {
    for (const count of callers) {
      rows.push(await measure(mode, count, secondsEach));
    }
  }
  return rows;
}

async function measure(mode: StoreRow['mode'], callers: number, seconds: number): Promise<StoreRow> {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-bench-'));
  const store = await openStore({ folder, log: silentLog });
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + seconds * 1000;
  if (mode === 'accept') {
    await Promise.all(
      Array.from({ length: callers }, async (_, lane) => {
        for (let n = 0; performance.now() < until; n++) {
          const before = performance.now();
          await accept(store, lane, n);
          latencies.push(performance.now() - before);
        }
      }),
    );
  } else {
    await throughTheQueue(store, callers, until, latencies);
  }
  const elapsed = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  await store.close();
  const size = statSync(join(folder, 'wardflow.db')).size;
  rmSync(folder, { recursive: true });
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  const total = latencies.length;
  return {
    mode,
    callers,
    perSecond: Math.round(total / elapsed),
    p50Ms: rounded(at(0.5)),
    p99Ms: rounded(at(0.99)),
    cpuMsEach: rounded((used.user + used.system) / 1000 / total),
    diskBytesEach: Math.round(size / total),
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** As the dispatcher does it: one claim at a time, everything claimed settled at once; a caller waits for its settling. */
async function throughTheQueue(store: Store, callers: number, until: number, latencies: number[]): Promise<void> {
  const waiting = new Map<string, () => void>();
  const state = { producing: callers, inFlight: 0 };
  const consumer = async (): Promise<void> => {
    while (state.producing > 0 || waiting.size > 0) {
      const now = Date.now();
      const limit = Math.max(1, 256 - state.inFlight);
      const claimed = await store.work.claim([
        { subscription: 'bench/in', limit, owner: 'bench', now, leaseUntil: now + 60_000 },
      ]);
      state.inFlight += claimed.length;
      for (const work of claimed) {
        const request = { workId: work.id, fence: work.fence, at: Date.now(), trace: TRACE, version: VERSION };
        void store.work.settle({ ...request, settlement: { kind: 'done' } }).then(() => {
          state.inFlight--;
          waiting.get(work.id)?.();
          return waiting.delete(work.id);
        });
      }
    }
  };
  const producers = Array.from({ length: callers }, async (_, lane) => {
    for (let n = 0; performance.now() < until; n++) {
      const before = performance.now();
      const settled = new Promise<void>((resolve) => waiting.set(`w${lane}-${n}`, resolve));
      await accept(store, lane, n);
      await settled;
      latencies.push(performance.now() - before);
    }
    state.producing--;
  });
  await Promise.all([...producers, consumer()]);
}

export const VERSION = 'f'.repeat(64);
export const TRACE: readonly TraceStep[] = ['in', 'gate', 'rules', 'write', 'done'].map((name, index) => ({
  branch: 'b1',
  parent: null,
  node: { id: `node-${index}-0123456789abcdef`, type: `wardflow-${name}`, name: `the ${name} node` },
  at: 1_800_000_000_000 + index,
  ms: 0.25,
  outcome: index === 4 ? 'settled' : 'passed',
  to: [{ node: `node-${index + 1}-0123456789abcdef`, port: 0 }],
}));

export function accept(store: Store, lane: number, n: number): Promise<unknown> {
  const id = `${lane}-${n}`;
  const bytes = Buffer.from(`MSH|^~\\&|BENCH|HOSPITAL|||20260105080000||ADT^A01|${id}|P|2.5\r`.padEnd(BODY, 'x'));
  const now = Date.now();
  const about = {
    correlationId: `01K0000000${id.padStart(16, '0')}`,
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  };
  const message: NewMessage = {
    id: `m${id.padStart(25, '0')}`,
    feed: 'bench',
    connection: `c${lane}`,
    receivedAt: now,
    bytes,
    bodyHash: createHash('sha256').update(bytes).digest('hex'),
    controlId: `BENCH${id}`,
    type: 'ADT^A01',
    sender: 'BENCH|HOSPITAL',
    messageTime: '20260105080000',
    keys: [{ kind: 'patient', value: `P${n % 5000}` }],
    patientHint: 'B.E. …0001',
    ...about,
    answer: { code: 'AA', bytes: Buffer.from('MSH|^~\\&|HOSPITAL|BENCH|||20260105080000||ACK|1|P|2.5\rMSA|AA|1\r') },
  };
  const work: NewWork = {
    id: `w${id}`,
    messageId: message.id,
    subscription: 'bench/in',
    definition: 'bench',
    lane: 'routine',
    orderingKey: createHash('sha256')
      .update(`P${n % 5000}-${lane}`)
      .digest('hex'),
    afterDead: 'hold',
    ...about,
    createdAt: now,
  };
  return store.journal.accept(message, [work], WINDOW_MS);
}
