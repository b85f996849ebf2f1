import type { AuditEntry, Tally } from '../../contract/index.ts';
import { chain, GENESIS } from '../../../audit/record-hash.ts';
import { MOST_EXPECTED } from '../recent-bodies.ts';
import { json, type Sql } from '../sql.ts';
import { forgetMinutes, minuteName, tallyNumber } from './tally.ts';

/** Terms held in memory; far more than the nodes of a site. */
const MOST_TERMS = 20_000;
/** Messages whose decisions are known; more than are under way at once. */
const MOST_DECIDED = 64;

/**
 * What a batch of calls shares inside one transaction: counters are added up in memory and written once at the end, the
 * head of the audit chain is read once. All of it is forgotten when the transaction, or one call's savepoint, rolls back.
 */
export class WriteContext {
  readonly sql: Sql;
  /** Bytes that came with the batch; a call's arguments hold positions in it. */
  incoming: Uint8Array = new Uint8Array(0);
  /** Bytes that go back with the batch. */
  readonly #outgoing: Uint8Array[] = [];
  #outgoingSize = 0;
  #counters = new Map<string, { kind: string; name: string; state: number; by: number }>();
  /** Terms by text, as far as this transaction and those before it know them. */
  readonly #terms = new Map<string, number>();
  readonly #feeds = new Map<string, { last: number; total: number }>();
  /** Messages whose bytes the process holds until they are claimed, as far as is known here. */
  readonly held = new HeldBodies();
  /** Ids of decisions by message, of the messages last decided on: a long report is decided on in many batches. */
  readonly #decided = new Map<string, Set<string>>();
  #head: { seq: number; hash: string } | undefined;
  /** The newest minute that was counted in. */
  #minute = '';

  constructor(sql: Sql) {
    this.sql = sql;
  }

  /** After a rollback: what it wrote is gone, and with it the numbers of new terms. */
  rolledBack(): void {
    this.#terms.clear();
    this.#decided.clear();
    this.held.clear();
    this.begin();
  }

  begin(): void {
    this.#counters.clear();
    this.#feeds.clear();
    this.#head = undefined;
    this.#outgoing.length = 0;
    this.#outgoingSize = 0;
  }

  /** After one call's savepoint was rolled back; bytes already queued belong to its neighbours. */
  forgetCall(): void {
    this.#terms.clear();
    this.#decided.clear();
    this.held.clear();
    this.#counters.clear();
    this.#feeds.clear();
    this.#head = undefined;
  }

  takeOutgoing(): ArrayBuffer {
    const all = new Uint8Array(this.#outgoingSize);
    let offset = 0;
    for (const bytes of this.#outgoing) {
      all.set(bytes, offset);
      offset += bytes.length;
    }
    this.#outgoing.length = 0;
    this.#outgoingSize = 0;
    return all.buffer;
  }

  /** Queues bytes for the way back; the position goes into the result. */
  send(bytes: Uint8Array): readonly [offset: number, length: number] {
    const offset = this.#outgoingSize;
    this.#outgoing.push(bytes);
    this.#outgoingSize += bytes.length;
    return [offset, bytes.length];
  }

  /** The number of a text that repeats; made at its first use. */
  term(text: string): number {
    const known = this.#terms.get(text);
    if (known !== undefined) return known;
    const row = this.sql.get('SELECT id FROM term WHERE text = ?', text) as { id: number } | undefined;
    const id = row?.id ?? this.sql.insert('INSERT INTO term (text) VALUES (?)', text);
    if (this.#terms.size >= MOST_TERMS) this.#terms.clear();
    this.#terms.set(text, id);
    return id;
  }

  /** The ids of a message's decisions, to be added to; `read` gives those of the database. */
  decidedOf(messageId: string, read: () => Iterable<string>): Set<string> {
    const known = this.#decided.get(messageId) ?? new Set(read());
    this.#decided.delete(messageId);
    this.#decided.set(messageId, known);
    if (this.#decided.size > MOST_DECIDED) this.#decided.delete(this.#decided.keys().next().value ?? '');
    return known;
  }

  /** One more in the minute of `at`. */
  tally(what: Tally, at: number): void {
    this.count('minute', minuteName(at), tallyNumber(what), 1);
  }

  count(kind: 'message' | 'work' | 'minute', name: string, state: number, by: 1 | -1): void {
    const key = `${kind}\n${state}\n${name}`;
    const counter = this.#counters.get(key);
    if (counter) counter.by += by;
    else this.#counters.set(key, { kind, name, state, by });
  }

  received(feed: string, at: number): void {
    const known = this.#feeds.get(feed);
    if (!known) this.#feeds.set(feed, { last: at, total: 1 });
    else {
      known.last = Math.max(known.last, at);
      known.total++;
    }
  }

  /** Writes what was counted; before the savepoint or transaction ends. */
  flush(): void {
    for (const { kind, name, state, by } of this.#counters.values()) {
      if (by === 0) continue;
      if (kind === 'minute' && name > this.#minute) {
        this.#minute = name;
        forgetMinutes(this.sql, name);
      }
      this.sql.run(
        'INSERT INTO counter (kind, name, state, n) VALUES (?, ?, ?, ?) ' +
          'ON CONFLICT (kind, name, state) DO UPDATE SET n = n + excluded.n',
        kind,
        name,
        state,
        by,
      );
    }
    this.#counters.clear();
    for (const [feed, { last, total }] of this.#feeds) {
      this.sql.run(
        'INSERT INTO feed (name, last_received_at, total) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET ' +
          'last_received_at = max(last_received_at, excluded.last_received_at), total = total + excluded.total',
        feed,
        last,
        total,
      );
    }
    this.#feeds.clear();
  }

  audit(entry: AuditEntry): void {
    this.#head ??= (this.sql.get('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1') as
      { seq: number; hash: string } | undefined) ?? { seq: 0, hash: GENESIS };
    const record = chain(entry, this.#head.seq + 1, this.#head.hash);
    this.sql.run(
      'INSERT INTO audit (seq, at, type, actor, message_id, work_id, definition, version, details, reason, previous, hash) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      record.seq,
      record.at,
      record.type,
      record.actor,
      record.messageId ?? null,
      record.workId ?? null,
      record.definition ?? null,
      record.version ?? null,
      json(record.details) ?? '{}',
      record.reason ?? null,
      record.previous,
      record.hash,
    );
    this.#head = { seq: record.seq, hash: record.hash };
  }
}

/** By sequence number. After a rollback a number may come to mean another message: then nothing is known any more. */
class HeldBodies {
  readonly #seqs = new Set<number>();

  add(seq: number): void {
    this.#seqs.add(seq);
    if (this.#seqs.size > MOST_EXPECTED) this.#seqs.delete(this.#seqs.values().next().value ?? -1);
  }

  take(seq: number): boolean {
    return this.#seqs.delete(seq);
  }

  clear(): void {
    this.#seqs.clear();
  }
}
