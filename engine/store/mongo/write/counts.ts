import { randomInt } from 'node:crypto';
import type { mongo } from 'mongoose';
import { FIGURES_KEPT_MS, MINUTE_MS } from '../../contract/index.ts';
import type { CounterDoc } from '../documents.ts';
import type { Writer } from './writer.ts';

/** Two writers that count in the same place wait for one another; with so many places that is rare. */
const PLACES = 64;

export const newPlace = (): string => String(randomInt(PLACES));

/** Minutes as names of counters: as text they sort as they follow one another (eight digits until the year 2160). */
export const minuteName = (at: number): string => String(Math.floor(at / MINUTE_MS)).padStart(8, '0');

interface Count {
  kind: CounterDoc['kind'];
  name: string;
  state: string;
  by: number;
  last: number | undefined;
}

/** What the operations of a batch count, added up in memory and written once. */
export class Counts {
  readonly #writer: Writer;
  readonly #session: mongo.ClientSession;
  readonly #counts = new Map<string, Count>();

  constructor(writer: Writer, session: mongo.ClientSession) {
    this.#writer = writer;
    this.#session = session;
  }

  get dirty(): boolean {
    return this.#counts.size > 0;
  }

  add(kind: Count['kind'], name: string, state: string, by: number, last?: number): void {
    const id = `${this.#writer.place}/${kind}/${state}/${name}`;
    const counted = this.#counts.get(id);
    if (!counted) this.#counts.set(id, { kind, name, state, by, last });
    else {
      counted.by += by;
      if (last !== undefined) counted.last = Math.max(counted.last ?? last, last);
    }
  }

  clear(): void {
    this.#counts.clear();
  }

  async flush(): Promise<void> {
    const writes: mongo.AnyBulkWriteOperation<CounterDoc>[] = [];
    for (const [id, { kind, name, state, by, last }] of this.#counts) {
      if (by === 0) continue;
      const update = {
        $inc: { n: by },
        $setOnInsert: { kind, name, state },
        ...(last === undefined ? {} : { $max: { last } }),
      };
      writes.push({ updateOne: { filter: { _id: id }, update, upsert: true } });
    }
    this.#forgetMinutes();
    this.#counts.clear();
    if (writes.length > 0) await this.#writer.collections.counters.bulkWrite(writes, { session: this.#session });
  }

  /** Minutes older than are kept go when a new one begins. Not part of the transaction: nobody waits for it. */
  #forgetMinutes(): void {
    for (const { kind, name } of this.#counts.values()) {
      if (kind !== 'minute' || name <= this.#writer.newestMinute) continue;
      this.#writer.newestMinute = name;
      const oldest = minuteName(Number(name) * MINUTE_MS - FIGURES_KEPT_MS);
      this.#writer.collections.counters.deleteMany({ kind: 'minute', name: { $lt: oldest } }).catch(() => undefined);
    }
  }
}
