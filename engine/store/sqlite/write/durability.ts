import { sqliteCode } from '../../../base/sqlite-code.ts';
import { BUSY_TIMEOUT_MS } from '../connection.ts';
import type { Sql } from '../sql.ts';
import type { Call } from './call.ts';
import type { SettleArgs } from './settle.ts';

/** What a batch without promises may stay unflushed, milliseconds, when no other batch flushes it before. */
const FLUSHED_WITHIN_MS = 20;

/**
 * Which batches are flushed before their callers hear of them. The write-ahead log is one file that is flushed as a whole:
 * whatever was committed before a flushed batch is durable with it, in order. So operations that promise nothing to the
 * outside (a claim, a verdict of the gate, a decision, the plain end of an item) are committed without waiting for the
 * disk, and are durable before anything that follows from them leaves the process: an effect's begin, a child item, an
 * acknowledgement. A power cut can take back only a tail of them, with nothing done on their account; what is then
 * delivered again is what a crash delivers again.
 */
const UNPROMISED = new Set<string>([
  'journal.answered',
  'acknowledgements.delivered',
  'work.claim',
  'work.pin',
  'work.renew',
  'gate.admit',
  'eventStates.advance',
  'identities.take',
  'decisions.record',
  'alerts.heldBack',
]);

export class Durability {
  readonly #sql: Sql;
  #flushing = true;
  #timer: NodeJS.Timeout | undefined;
  /** A flush has failed at the disk: the system may have forgotten what it was to write, and say so once only. */
  #isDoubtful = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Before the batch's transaction begins. `early`: its messages are on the disk by other means before they are answered. */
  choose(calls: readonly Call[], early: boolean): void {
    this.#set(!early && !calls.every(isUnpromised));
  }

  /** After its commit: an unflushed one is flushed by the next that is, or after a moment in which none comes. */
  committed(): void {
    if (this.#flushing) this.stop();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSHED_WITHIN_MS);
  }

  /** Nothing follows: what is not flushed is flushed now. */
  end(): void {
    if (this.#timer) this.flush();
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A commit that changes nothing but is written: its flush takes along all before it. `false`: it could not be made. */
  flush(): boolean {
    this.stop();
    try {
      // While another process holds the lock, whoever has something to write waits for it, not this.
      this.#sql.exec('PRAGMA busy_timeout = 0');
      this.#set(true);
      const { user_version: version } = this.#sql.get('PRAGMA user_version') as { user_version: number };
      this.#sql.exec(`PRAGMA user_version = ${version}`);
      if (this.#isDoubtful) this.#isDoubtful = !this.#isWhole();
      return !this.#isDoubtful;
    } catch (error) {
      if (isInputOutput(error)) this.#isDoubtful = true;
      // Locked or full: tried again, and every batch that promises something flushes by itself.
      this.#timer = setTimeout(() => this.flush(), FLUSHED_WITHIN_MS);
      return false;
    } finally {
      this.#sql.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  /** What a failed flush may have dropped is written again, to the database itself. */
  #isWhole(): boolean {
    return (this.#sql.get('PRAGMA wal_checkpoint(TRUNCATE)') as { readonly busy: number }).busy === 0;
  }

  #set(flushing: boolean): void {
    if (flushing === this.#flushing) return;
    this.#sql.exec(flushing ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
    this.#flushing = flushing;
  }
}

/** SQLITE_IOERR and its kin. */
const isInputOutput = (error: unknown): boolean => ((sqliteCode(error) ?? 0) & 0xff) === 10;

export function isUnpromised({ operation, args }: Call): boolean {
  if (UNPROMISED.has(operation)) return true;
  if (operation !== 'work.settle') return false;
  const { settlement, children, audit } = args[0] as SettleArgs;
  return settlement.kind === 'done' && !children?.length && !audit?.length;
}
