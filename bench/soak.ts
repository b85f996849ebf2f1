/**
 * Whether the embedded store stays as it is while history grows: memory, write-ahead log, and the time of claims, accepts
 * and lists, with 10 thousand to 2 million stored messages. It is filled through the store itself, by accept, claim and
 * settle in big batches; one in a thousand dies, and some wait all the time. Two million take about ten minutes and 4 GB, so
 * that it runs only when it is asked for by name:
 *
 *     BENCH_MESSAGES=500000 npm run bench soak
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ManualClock,
  openStore,
  silentLog,
  timeSortedIds,
  type ClaimedWork,
  type Ids,
  type NewMessage,
  type NewWork,
  type Settlement,
  type Store,
} from '../engine/index.ts';
import { benchMessage, rssMiB } from './kit/load.ts';
import { TRACE, VERSION } from './store.ts';

export interface SoakRow {
  /** Before the measurement, which adds some thousand. */
  readonly stored: number;
  /** Of this process: the threads of the store, and what fills it. */
  readonly rssMiB: number;
  /** The largest that it was since the row before. */
  readonly walMiB: number;
  readonly databaseMiB: number;
  readonly bytesEach: number;
  /** A claim of 8 items, as a busy dispatcher makes it. */
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  /** One message, flushed. */
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  readonly settleP50Ms: number;
  /** A page of 50 for the console; and all that the status asks for. */
  readonly listP50Ms: number;
  readonly statusP50Ms: number;
  /** Messages a second through accept, claim and settle since the row before. */
  readonly filledPerSecond: number;
}

const STAGES = [10_000, 100_000, 500_000, 1_000_000, 2_000_000];
const AT_ONCE = 256;
const WAITING = 2000;
const MEASURED = 500;
const CLAIMED = 8;
const PATIENTS = 20_000;
const DEAD_EVERY = 1000;
/** Of the clock in the messages: twenty a second, a day in two million. */
const APART_MS = 50;
const WINDOW_MS = 7 * 24 * 3_600_000;
const IN = 'lab/results';
/** A source that is never claimed for: its items wait. */
const PAUSED = 'archive/in';

export async function run(most = Number(process.env['BENCH_MESSAGES'] ?? 2_000_000)): Promise<readonly SoakRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wardflow-soak-'));
  const soak = new Soak(await openStore({ folder, log: silentLog }), join(folder, 'wardflow.db'));
  try {
    const rows: SoakRow[] = [];
    const stages = STAGES.filter((stage) => stage < most);
    for (const stage of [...stages, most]) {
      const row = await soak.stage(stage);
      rows.push(row);
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
    return rows;
  } finally {
    await soak.store.close();
    rmSync(folder, { recursive: true });
  }
}

class Soak {
  readonly store: Store;
  readonly #file: string;
  readonly #clock = new ManualClock(Date.UTC(2026, 0, 5));
  readonly #ids: Ids = timeSortedIds(this.#clock);
  #stored = 0;
  #settled = 0;
  #wal = 0;

  constructor(store: Store, file: string) {
    this.store = store;
    this.#file = file;
  }

  async stage(stored: number): Promise<SoakRow> {
    const began = performance.now();
    const before = this.#stored;
    this.#wal = 0;
    while (this.#stored < WAITING && this.#stored < stored) await this.#accept(AT_ONCE, PAUSED);
    while (this.#stored < stored) {
      await this.#accept(Math.min(AT_ONCE, stored - this.#stored), IN);
      for (let left = await this.#claim(AT_ONCE); left.length > 0; left = await this.#claim(AT_ONCE)) {
        await Promise.all(left.map((work) => this.#settle(work)));
      }
      this.#wal = Math.max(this.#wal, sizeOf(`${this.#file}-wal`));
    }
    const seconds = (performance.now() - began) / 1000;
    const filledPerSecond = Math.round((this.#stored - before) / seconds);
    return { stored, ...(await this.#measure()), filledPerSecond };
  }

  async #measure(): Promise<Omit<SoakRow, 'stored' | 'filledPerSecond'>> {
    const { journal, work } = this.store;
    const accepts = await timed(MEASURED, () => this.#accept(1, IN));
    await this.#accept(MEASURED * CLAIMED, IN);
    const claimed: ClaimedWork[] = [];
    const claims = await timed(MEASURED, async () => void claimed.push(...(await this.#claim(CLAIMED))));
    if (claimed.length !== MEASURED * CLAIMED) throw new Error(`${claimed.length} items were claimed`);
    const next = claimed.values();
    const settles = await timed(MEASURED, async () => {
      const { value } = next.next();
      if (value) await this.#settle(value);
    });
    for (const item of next) await this.#settle(item);
    for (const item of await this.#claim(AT_ONCE)) await this.#settle(item);
    const lists = await timed(MEASURED, () => journal.list({ limit: 50 }));
    const statuses = await timed(MEASURED, () => Promise.all([journal.counts(), work.counts(), work.backlog()]));
    const database = sizeOf(this.#file);
    return {
      rssMiB: rssMiB(process.pid),
      walMiB: mib(this.#wal),
      databaseMiB: mib(database),
      bytesEach: Math.round(database / this.#stored),
      claimP50Ms: at(claims, 0.5),
      claimP99Ms: at(claims, 0.99),
      acceptP50Ms: at(accepts, 0.5),
      acceptP99Ms: at(accepts, 0.99),
      settleP50Ms: at(settles, 0.5),
      listP50Ms: at(lists, 0.5),
      statusP50Ms: at(statuses, 0.5),
    };
  }

  async #accept(count: number, subscription: string): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, () => this.#acceptOne(subscription)));
    }
  }

  #acceptOne(subscription: string): Promise<unknown> {
    const n = this.#stored++;
    this.#clock.advance(APART_MS);
    const [id, now, patient] = [this.#ids.next(), this.#clock.now(), `P${(n * 7919) % PATIENTS}`];
    const bytes = benchMessage('oru-6', `S${n}`, n);
    const shared = { correlationId: id, traceparent: `00-${hash(id).slice(0, 32)}-${'2'.repeat(16)}-01` };
    const message: NewMessage = {
      id,
      feed: 'hospital',
      connection: 'c1',
      receivedAt: now,
      bytes,
      bodyHash: hash(bytes),
      controlId: `S${n}`,
      type: 'ORU^R01',
      sender: 'LAB|NORTH',
      messageTime: '20260105081500+0000',
      keys: [
        { kind: 'patient', value: patient },
        { kind: 'order', value: `F${n}` },
      ],
      patientHint: 'A.E. …0001',
      answer: {
        code: 'AA',
        bytes: Buffer.from(`MSH|^~\\&|WARDFLOW|NORTH|LAB|NORTH|20260105081500||ACK|S${n}|P|2.5.1\rMSA|AA|S${n}\r`),
      },
      ...shared,
    };
    const work: NewWork = {
      id: this.#ids.next(),
      messageId: id,
      subscription,
      definition: 'lab',
      lane: n % 50 === 0 ? 'stat' : 'routine',
      orderingKey: hash(`${subscription} ${patient}`),
      afterDead: 'continue',
      createdAt: now,
      ...shared,
    };
    return this.store.journal.accept(message, [work], WINDOW_MS);
  }

  #claim(limit: number): Promise<readonly ClaimedWork[]> {
    const now = this.#clock.now();
    return this.store.work.claim([{ subscription: IN, limit, owner: 'soak', now, leaseUntil: now + 60_000 }]);
  }

  async #settle({ id: workId, fence }: ClaimedWork): Promise<void> {
    const settlement: Settlement = ++this.#settled % DEAD_EVERY === 0 ? DEAD : { kind: 'done' };
    const at = this.#clock.now();
    await this.store.work.settle({ workId, fence, at, settlement, trace: TRACE, version: VERSION });
  }
}

const DEAD: Settlement = {
  kind: 'dead',
  failure: { class: 'permanent', code: 'fhir-refused', text: 'The server refused the resource.' },
};

const hash = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
const at = (sorted: readonly number[], share: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Milliseconds of each of `times` runs, one after the other, sorted. */
async function timed(times: number, action: () => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await action();
    taken.push(performance.now() - began);
  }
  return taken.toSorted((a, b) => a - b);
}

if (import.meta.main) console.table(await run());
