import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';
import { inTransaction } from './database.ts';

/** What failures are counted by. */
export interface Suspect {
  readonly kind: 'name' | 'device' | 'address';
  readonly value: string;
}

interface Patience {
  /** Wrong passwords in a row before it is locked. */
  readonly allowed: number;
  readonly firstLockMs: number;
  readonly longestLockMs: number;
}

/**
 * An address may be that of a whole hospital, so it has more patience: it is there against one password tried on many names.
 */
const PATIENCE: Readonly<Record<Suspect['kind'], Patience>> = {
  name: { allowed: 5, firstLockMs: 30_000, longestLockMs: 15 * 60_000 },
  device: { allowed: 5, firstLockMs: 30_000, longestLockMs: 15 * 60_000 },
  address: { allowed: 50, firstLockMs: 30_000, longestLockMs: 5 * 60_000 },
};
/** Failures older than this are forgotten. */
const MEMORY_MS = 24 * 60 * 60_000;
/** Names that were never accounts count too, so that a lock says nothing about which exist; bounded all the same. */
const MOST_KEPT = 10_000;

export interface LoginFailures {
  /** Milliseconds until all of these may try again; 0 when they may. */
  lockedFor(suspects: readonly Suspect[]): number;
  failed(suspects: readonly Suspect[]): void;
  /**
   * Takes the last `failed` back, and no more: what came before still counts, and a lock that others have earned meanwhile
   * stays. For a right password that is not a login yet: it must not clear the count of wrong codes.
   */
  takeBack(suspects: readonly Suspect[]): void;
  /**
   * Takes the last `failed` back. A name or device starts anew; an address loses one failure only, or a guesser with an
   * account of their own could clear it.
   */
  succeeded(suspects: readonly Suspect[]): void;
  clear(suspect: Suspect): void;
}

/** Lock-out that survives a restart, doubling with each further failure up to its longest. */
export function loginFailuresIn(database: DatabaseSync, clock: Clock): LoginFailures {
  const get = database.prepare('SELECT failures, locked_until, last_at FROM login_failures WHERE name_hash = ?');
  const put = database.prepare('INSERT OR REPLACE INTO login_failures VALUES (?, ?, ?, ?)');
  const clear = database.prepare('DELETE FROM login_failures WHERE name_hash = ?');
  const oneLess = database.prepare(
    `UPDATE login_failures SET failures = max(failures - 1, 0),
       locked_until = CASE WHEN failures - 1 < ? THEN 0 ELSE locked_until END WHERE name_hash = ?`,
  );
  const prune = database.prepare(
    `DELETE FROM login_failures WHERE last_at < ? OR name_hash NOT IN
       (SELECT name_hash FROM login_failures ORDER BY last_at DESC LIMIT ${MOST_KEPT})`,
  );
  // Names are hashed bare, as the first version did: their locks outlive the upgrade.
  const key = ({ kind, value }: Suspect): string =>
    createHash('sha256')
      .update(kind === 'name' ? value : `${kind}:${value}`)
      .digest('hex');
  const takeBack = (suspect: Suspect): void => void oneLess.run(PATIENCE[suspect.kind].allowed, key(suspect));
  return {
    lockedFor(suspects) {
      const until = suspects.map((suspect) => Number(get.get(key(suspect))?.['locked_until'] ?? 0));
      return Math.max(0, ...until.map((time) => time - clock.now()));
    },
    failed(suspects) {
      const now = clock.now();
      inTransaction(database, () => {
        for (const suspect of suspects) {
          const { allowed, firstLockMs, longestLockMs } = PATIENCE[suspect.kind];
          const row = get.get(key(suspect));
          const fresh = row !== undefined && Number(row['last_at']) > now - MEMORY_MS;
          const failures = (fresh ? Number(row['failures']) : 0) + 1;
          const over = failures - allowed;
          const lock = over < 0 ? 0 : Math.min(longestLockMs, firstLockMs * 2 ** Math.min(over, 20));
          put.run(key(suspect), failures, now + lock, now);
        }
        prune.run(now - MEMORY_MS);
      });
    },
    takeBack(suspects) {
      for (const suspect of suspects) takeBack(suspect);
    },
    succeeded(suspects) {
      for (const suspect of suspects)
        if (suspect.kind === 'address') takeBack(suspect);
        else clear.run(key(suspect));
    },
    clear: (suspect) => void clear.run(key(suspect)),
  };
}
