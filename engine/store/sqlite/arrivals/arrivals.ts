import { randomBytes } from 'node:crypto';
import { realpathSync, renameSync } from 'node:fs';
import { takeOwnership } from '../../../base/sole-owner.ts';
import type { AcceptOutcome, NewWork } from '../../contract/index.ts';
import { likenessOf } from '../../likeness.ts';
import { storeErrors } from '../errors.ts';
import type { Sql } from '../sql.ts';
import type { Call } from '../write/call.ts';
import { accept, isSeen, type AcceptArgs } from '../write/accept.ts';
import type { WriteContext } from '../write/context.ts';
import { ArrivalLog, readArrivals, type NumberedArrival } from './arrival-log.ts';

const NOTE = "UPDATE counter SET n = ? WHERE kind = 'arrivals'";

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
  /** Absent: what it holds is owed still, and nothing is written over it. */
  readonly #log: ArrivalLog | undefined;
  readonly #giveBack: () => void;
  /** Where arrivals were set aside that do not follow on what the database has. */
  readonly aside: string | undefined;
  /** Of the last arrival that was written; they are counted from 1 in each life of the file. */
  #last = 0;
  #isBroken = false;
  /** Answered, and not in the database yet: in order. */
  #owed: { readonly number: number; readonly call: Call }[] = [];

  private constructor(sql: Sql, log: ArrivalLog | undefined, giveBack: () => void, aside?: string) {
    this.#sql = sql;
    this.#log = log;
    this.#giveBack = giveBack;
    this.aside = aside;
  }

  /**
   * Takes over what an earlier life has left in the file; what the database does not take now is owed. `undefined`: another store
   * has the file, or it cannot be had here; then everything goes the long way. Throws `store-locked` where the other store
   * still has it after `waitMs` milliseconds (0: it may have it).
   */
  static open(ctx: WriteContext, database: string, waitMs: number): Arrivals | undefined {
    // The write-ahead log stands beside the file itself, whatever name it was given.
    const real = realpathSync.native(database);
    const path = `${real}-arrivals`;
    let owned: ReturnType<typeof takeOwnership>;
    try {
      owned = takeOwnership(`${real}-owner`, waitMs);
    } catch {
      return undefined;
    }
    if (owned === 'taken') {
      if (waitMs > 0) throw storeErrors.create('store-locked', { path: database });
      return undefined;
    }
    const { left, aside } = readLeft(ctx.sql, path);
    try {
      takeOver(ctx, left);
    } catch {
      const arrivals = new Arrivals(ctx.sql, undefined, owned);
      arrivals.#owe(left);
      return arrivals;
    }
    const life = randomBytes(16).toString('hex');
    // Its commit flushes what the file held so far: only then is that given up.
    const log = beginLife(ctx.sql, life) ? ArrivalLog.start(path, life) : undefined;
    if (log) return new Arrivals(ctx.sql, log, owned, aside);
    owned();
    return undefined;
  }

  /** They go into the next transaction before all others. */
  get owed(): readonly Call[] {
    return this.#owed.map(({ call }) => call);
  }

  /** By their kinds: may the messages among these calls be answered early? `flush` makes durable what the database has. */
  suits(calls: readonly Call[], isUnpromised: (call: Call) => boolean, flush: () => boolean): boolean {
    if (!this.#log || this.#isBroken || this.#owed.length > 0) return false;
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
      const written = this.#log?.append(
        arrivals.map(({ args: [message, work, resendWindowMs], bytes }) => ({ message, work, resendWindowMs, bytes })),
        this.#last + 1,
      );
      if (!written) return undefined;
    } catch {
      // The file may hold some of them now: never written behind them again, and the database says that it has them.
      this.#isBroken = true;
      this.#last += arrivals.length;
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
    if (this.#owed.length === 0 && !this.#isBroken) return;
    const first = this.#owed.find(({ call }) => failed.has(call));
    this.#sql.run(NOTE, first ? first.number - 1 : this.#last);
  }

  /** The transaction is kept. */
  committed(failed: ReadonlySet<unknown>): void {
    if (this.#owed.length > 0) this.#owed = this.#owed.filter(({ call }) => failed.has(call));
  }

  /** Retention has removed messages from the database, flushed: they are not to stand here either. `false`: it has to be tried again. */
  wipe(): boolean {
    if (this.#owed.length > 0) return false;
    try {
      this.#log?.wipe();
      return true;
    } catch {
      this.#isBroken = true;
      return false;
    }
  }

  close(): void {
    this.#log?.close();
    this.#giveBack();
  }

  #owe(left: readonly NumberedArrival[]): void {
    this.#owed = left.map(({ number, message, work, resendWindowMs, bytes }) => ({
      number,
      call: { operation: 'journal.accept', args: [message, work, resendWindowMs], bytes },
    }));
    this.#last = left.at(-1)?.number ?? 0;
  }
}

function isAccept(call: Call): call is AcceptCall {
  return call.operation === 'journal.accept';
}

/** What else an acceptance may bring looks at what the database has. */
function isPlain(message: AcceptArgs): boolean {
  return !message.quarantine && message.controlId !== null && !message.identity && !message.acknowledgement;
}

interface Left {
  /** What the file has and the database does not. */
  readonly left: readonly NumberedArrival[];
  readonly aside?: string;
}

/**
 * What follows on what the database has. A gap says that the database is older than the file, as one that was put back alone: what
 * came between is not known, so nothing is made of the rest; it is set aside.
 */
function readLeft(sql: Sql, path: string): Left {
  const state = sql.get("SELECT name AS life, n AS last FROM counter WHERE kind = 'arrivals'") as
    { readonly life: string; readonly last: number } | undefined;
  if (!state) return { left: [] };
  const isThere = (id: string): boolean => sql.get('SELECT 1 FROM message WHERE id = ?', id) !== undefined;
  const later = readArrivals(path, state.life).filter(({ number }) => number > state.last);
  if (later[0] && later[0].number !== state.last + 1) {
    const aside = `${path}-${state.life.slice(0, 8)}`;
    renameSync(path, aside);
    return { left: [], aside };
  }
  return { left: later.filter(({ message }) => !isThere(message.id)) };
}

/** One transaction: the file is small. */
function takeOver(ctx: WriteContext, left: readonly NumberedArrival[]): void {
  if (left.length === 0) return;
  try {
    inTransaction(ctx.sql, () => {
      ctx.begin();
      for (const { message, work, resendWindowMs, bytes } of left) {
        ctx.incoming = bytes;
        accept(ctx, message, work, resendWindowMs);
      }
      ctx.flush();
      ctx.sql.run(NOTE, left.at(-1)?.number ?? 0);
    });
  } catch (error) {
    ctx.rolledBack();
    throw error;
  }
}

/** From here on arrivals are counted anew; those of an older life are nothing any more. `false`: the database takes nothing now. */
function beginLife(sql: Sql, life: string): boolean {
  try {
    inTransaction(sql, () => {
      sql.run("DELETE FROM counter WHERE kind = 'arrivals'");
      sql.run("INSERT INTO counter (kind, name, state, n) VALUES ('arrivals', ?, 0, 0)", life);
    });
    return true;
  } catch {
    return false;
  }
}

/** Its commit is flushed, since the connection was opened so. */
function inTransaction(sql: Sql, work: () => void): void {
  sql.exec('BEGIN IMMEDIATE');
  try {
    work();
    sql.exec('COMMIT');
  } catch (error) {
    // A full disk has ended it already.
    if (sql.db.isTransaction) sql.exec('ROLLBACK');
    throw error;
  }
}
