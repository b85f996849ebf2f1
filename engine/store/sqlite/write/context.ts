import type { AuditEntry } from '../../contract/index.ts';
import { chain, GENESIS } from '../../../audit/record-hash.ts';
import { json, type Sql } from '../sql.ts';

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
  #head: { seq: number; hash: string } | undefined;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  /** After a rollback, and before a transaction. */
  forget(): void {
    this.forgetCounts();
    this.#outgoing.length = 0;
    this.#outgoingSize = 0;
  }

  /** After one call's savepoint was rolled back; bytes already queued belong to its neighbours. */
  forgetCounts(): void {
    this.#counters.clear();
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

  count(kind: 'message' | 'work', name: string, state: number, by: 1 | -1): void {
    const key = `${kind}\n${state}\n${name}`;
    const counter = this.#counters.get(key);
    if (counter) counter.by += by;
    else this.#counters.set(key, { kind, name, state, by });
  }

  /** Writes what was counted; before the savepoint or transaction ends. */
  flush(): void {
    for (const { kind, name, state, by } of this.#counters.values()) {
      if (by === 0) continue;
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
