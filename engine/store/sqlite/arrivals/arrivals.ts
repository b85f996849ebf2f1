import { randomBytes } from 'node:crypto';
import type { AcceptOutcome, NewWork } from '../../contract/index.ts';
import { likenessOf } from '../../likeness.ts';
import { storeErrors } from '../errors.ts';
import type { Sql } from '../sql.ts';
import { accept, isSeen, type AcceptArgs } from '../write/accept.ts';
import type { WriteContext } from '../write/context.ts';
import { ArrivalLog, readArrivals } from './arrival-log.ts';
import { takeOwnership, type Ownership } from './sole-owner.ts';

interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly bytes: Uint8Array;
}

interface AcceptCall extends Call {
  readonly args: readonly [message: AcceptArgs, work: readonly NewWork[], resendWindowMs: number];
}

/** Where in the batch, and what its caller hears. */
export type Early = readonly (readonly [index: number, outcome: AcceptOutcome])[];

/**
 * Messages that are answered before they are in the database (docs/decisions/0022): each is written to a file of its own and
 * flushed there, which is one small write, and its place in the database is made while the answer travels. After a crash the
 * file is read at the next start, before anything else happens.
 *
 * It is for batches in which messages alone promise something to the outside, and all of them are new. Anything else goes the
 * long way: into the database, flushed, then answered. So does everything while a message that was answered waits for the
 * database to take it.
 */
export class Arrivals {
  readonly #sql: Sql;
  readonly #log: ArrivalLog;
  readonly #owner: Ownership;
  /** Of the last arrival that was written; they are counted from 1 in each life of the file. */
  #last = 0;
  #isBroken = false;
  /** Answered, and not in the database yet: in order. */
  #owed: { readonly number: number; readonly call: Call }[] = [];

  private constructor(sql: Sql, log: ArrivalLog, owner: Ownership) {
    this.#sql = sql;
    this.#log = log;
    this.#owner = owner;
  }

  /**
   * Takes over what an earlier life has left in the file. `undefined`: another store has the file, or none can be made; then
   * everything goes the long way. Throws where the database does not take what the file holds, and `store-locked` where
   * the other store still has it after `waitMs` milliseconds (0: it may have it).
   */
  static open(ctx: WriteContext, database: string, waitMs: number): Arrivals | undefined {
    const owner = takeOwnership(`${database}-owner`, waitMs);
    if (!owner) {
      if (waitMs > 0) throw storeErrors.create('store-locked', { path: database });
      return undefined;
    }
    const path = `${database}-arrivals`;
    try {
      takeOver(ctx, path);
      const life = randomBytes(16).toString('hex');
      const log = ArrivalLog.start(path, life);
      if (log) {
        beginLife(ctx.sql, life);
        return new Arrivals(ctx.sql, log, owner);
      }
    } catch (error) {
      owner.release();
      throw error;
    }
    owner.release();
    return undefined;
  }

  /** They go into the next transaction before all others. */
  get owed(): readonly Call[] {
    return this.#owed.map(({ call }) => call);
  }

  /** By their kinds: may the messages among these calls be answered early? `flush` makes durable what the database has. */
  suits(calls: readonly Call[], isUnpromised: (call: Call) => boolean, flush: () => boolean): boolean {
    if (this.#isBroken || this.#owed.length > 0) return false;
    const arrivals = calls.filter(isAccept);
    if (arrivals.length === 0 || !arrivals.every(({ args: [message] }) => isPlain(message))) return false;
    if (!calls.every((call) => isAccept(call) || isUnpromised(call))) return false;
    if (this.#log.hasRoom) return true;
    if (!flush()) return false;
    this.#log.restart();
    return true;
  }

  /**
   * In the open transaction, before anything is written in it: keeps the messages and gives their answers. `undefined`: one of
   * them is not new, or they cannot be written; then nothing is promised.
   */
  answer(calls: readonly Call[]): Early | undefined {
    const arrivals = calls.filter(isAccept);
    const seen = new Set<string>();
    for (const { args } of arrivals) {
      const [message] = args;
      const likeness = `${message.controlId?.toLowerCase()} ${likenessOf(message)}`;
      if (seen.has(likeness) || isSeen(this.#sql, message)) return undefined;
      seen.add(likeness);
    }
    try {
      const written = this.#log.append(
        arrivals.map(({ args: [message, work, resendWindowMs], bytes }) => ({ message, work, resendWindowMs, bytes })),
        this.#last + 1,
      );
      if (!written) return undefined;
    } catch {
      // The file may hold a part of them now: never written behind it again.
      this.#isBroken = true;
      return undefined;
    }
    for (const call of arrivals) this.#owed.push({ number: ++this.#last, call });
    const { newest } = this.#sql.get('SELECT max(seq) AS newest FROM message') as { newest: number | null };
    let seq = newest ?? 0;
    return calls.flatMap((call, index): Early => {
      if (!isAccept(call)) return [];
      const [{ id }, work] = call.args;
      return [[index, { kind: work.length > 0 ? 'accepted' : 'unrouted', id, seq: ++seq }]];
    });
  }

  /** Last in the transaction that has those that are owed, but for `failed`. */
  note(failed: ReadonlySet<unknown>): void {
    if (this.#owed.length === 0) return;
    const first = this.#owed.find(({ call }) => failed.has(call));
    this.#sql.run("UPDATE counter SET n = ? WHERE kind = 'arrivals'", first ? first.number - 1 : this.#last);
  }

  /** The transaction is kept. */
  committed(failed: ReadonlySet<unknown>): void {
    if (this.#owed.length > 0) this.#owed = this.#owed.filter(({ call }) => failed.has(call));
  }

  /** Retention has removed messages from the database, flushed: they are not to stand here either. */
  wipe(): void {
    if (this.#isBroken || this.#owed.length > 0) return;
    try {
      this.#log.wipe();
    } catch {
      this.#isBroken = true;
    }
  }

  close(): void {
    this.#log.close();
    this.#owner.release();
  }
}

function isAccept(call: Call): call is AcceptCall {
  return call.operation === 'journal.accept';
}

/** What else an acceptance may bring looks at what the database has. */
function isPlain(message: AcceptArgs): boolean {
  return !message.quarantine && message.controlId !== null && !message.identity && !message.acknowledgement;
}

/** One transaction: the file is small. Flushed, since the connection was opened so. */
function takeOver(ctx: WriteContext, path: string): void {
  const { sql } = ctx;
  const state = sql.get("SELECT name AS life, n AS last FROM counter WHERE kind = 'arrivals'") as
    { readonly life: string; readonly last: number } | undefined;
  if (!state) return;
  const left = readArrivals(path, state.life).filter(({ number }) => number > state.last);
  if (left.length === 0) return;
  sql.exec('BEGIN IMMEDIATE');
  try {
    ctx.begin();
    for (const { message, work, resendWindowMs, bytes } of left) {
      if (sql.get('SELECT 1 FROM message WHERE id = ?', message.id)) continue;
      ctx.incoming = bytes;
      accept(ctx, message, work, resendWindowMs);
    }
    ctx.flush();
    sql.run("UPDATE counter SET n = ? WHERE kind = 'arrivals'", left.at(-1)?.number ?? state.last);
    sql.exec('COMMIT');
  } catch (error) {
    sql.exec('ROLLBACK');
    ctx.rolledBack();
    throw error;
  }
}

/** From here on arrivals are counted anew; those of an older life are nothing any more. */
function beginLife(sql: Sql, life: string): void {
  sql.exec('BEGIN IMMEDIATE');
  sql.run("DELETE FROM counter WHERE kind = 'arrivals'");
  sql.run("INSERT INTO counter (kind, name, state, n) VALUES ('arrivals', ?, 0, 0)", life);
  sql.exec('COMMIT');
}
