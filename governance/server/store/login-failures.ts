import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';

/** Wrong passwords in a row before a name is locked. */
const ALLOWED = 5;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures older than this are forgotten. */
const MEMORY_MS = 24 * 60 * 60_000;
/** Names that were never accounts count too, so that a lock says nothing about which exist; bounded all the same. */
const MOST_NAMES = 10_000;

export interface LoginFailures {
  /** Milliseconds until this name may try again; 0 when it may. */
  lockedFor(username: string): number;
  failed(username: string): void;
  succeeded(username: string): void;
}

/** Per-name lock-out that survives a restart: 30 s after the fifth wrong password, doubling up to 15 minutes. */
export function loginFailuresIn(database: DatabaseSync, clock: Clock): LoginFailures {
  const get = database.prepare('SELECT failures, locked_until, last_at FROM login_failures WHERE name_hash = ?');
  const put = database.prepare('INSERT OR REPLACE INTO login_failures VALUES (?, ?, ?, ?)');
  const clear = database.prepare('DELETE FROM login_failures WHERE name_hash = ?');
  const prune = database.prepare(
    `DELETE FROM login_failures WHERE last_at < ? OR name_hash NOT IN
       (SELECT name_hash FROM login_failures ORDER BY last_at DESC LIMIT ${MOST_NAMES})`,
  );
  const key = (username: string): string => createHash('sha256').update(username).digest('hex');
  return {
    lockedFor(username) {
      return Math.max(0, Number(get.get(key(username))?.['locked_until'] ?? 0) - clock.now());
    },
    failed(username) {
      const now = clock.now();
      const row = get.get(key(username));
      const fresh = row !== undefined && Number(row['last_at']) > now - MEMORY_MS;
      const failures = (fresh ? Number(row['failures']) : 0) + 1;
      const over = failures - ALLOWED;
      const lock = over < 0 ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(over, 20));
      put.run(key(username), failures, now + lock, now);
      prune.run(now - MEMORY_MS);
    },
    succeeded(username) {
      clear.run(key(username));
    },
  };
}
