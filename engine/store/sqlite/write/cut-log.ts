import { BUSY_TIMEOUT_MS } from '../connection.ts';
import type { Sql } from '../sql.ts';
import type { Call } from './call.ts';

/**
 * After a round of retention the write-ahead log is emptied into the database and cut: what was removed would otherwise stand
 * in its old frames until others are written over them. While somebody reads, it is left for the next round.
 */
export class CutLog {
  readonly #sql: Sql;
  #isDue = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** After a commit. `wipe` removes what else holds messages, now that the database has everything, flushed; `false`: later. */
  committed(calls: readonly Call[], results: readonly unknown[], wipe: () => boolean): void {
    let isOver = false;
    calls.forEach(({ operation }, i) => {
      const result = operation === 'retention.purge' ? results[i] : null;
      if (typeof result !== 'object' || result === null) return;
      const { bodies, messages, more } = result as { bodies: number; messages: number; more: boolean };
      this.#isDue ||= bodies + messages > 0;
      isOver ||= !more;
    });
    if (this.#isDue && isOver) this.#cut(wipe);
  }

  #cut(wipe: () => boolean): void {
    try {
      this.#sql.exec('PRAGMA busy_timeout = 0');
      const { busy } = this.#sql.get('PRAGMA wal_checkpoint(TRUNCATE)') as { busy: number };
      this.#isDue = busy !== 0 || !wipe();
    } catch {
      // Locked by another process: the next round tries again.
    } finally {
      this.#sql.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }
}
