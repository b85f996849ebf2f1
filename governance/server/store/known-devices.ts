import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';

/** A browser that nobody logged in from for this long is a strange one again. */
export const DEVICE_KNOWN_MS = 180 * 24 * 60 * 60_000;
const MOST_PER_ACCOUNT = 20;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Browsers that an account has logged in from. Their failures are counted by themselves, so that somebody who keeps
 * guessing elsewhere locks out strange browsers, and not the person (OWASP, "device cookies").
 */
export interface KnownDevices {
  /** The device's key for counting, if this account has logged in from it. */
  known(token: string, username: string): string | undefined;
  /** The token for the browser to keep: the given one if it is known, otherwise a new one. */
  remember(token: string, username: string): string;
  forget(username: string): void;
}

export function knownDevicesIn(database: DatabaseSync, clock: Clock): KnownDevices {
  const find = database.prepare('SELECT last_at FROM known_devices WHERE token_hash = ?');
  const put = database.prepare('INSERT OR REPLACE INTO known_devices VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM known_devices WHERE username = ?');
  const prune = database.prepare(
    `DELETE FROM known_devices WHERE last_at < ? OR (username = ? AND token_hash NOT IN
       (SELECT token_hash FROM known_devices WHERE username = ? ORDER BY last_at DESC LIMIT ${MOST_PER_ACCOUNT}))`,
  );
  // With the name: a computer in the ward is known for each of its people on its own.
  const hash = (token: string, username: string): string =>
    createHash('sha256').update(`${token}:${username}`).digest('hex');
  const known = (token: string, username: string): string | undefined => {
    if (!TOKEN.test(token)) return undefined;
    const key = hash(token, username);
    const row = find.get(key);
    return row && Number(row['last_at']) > clock.now() - DEVICE_KNOWN_MS ? key : undefined;
  };
  return {
    known,
    remember(token, username) {
      const kept = TOKEN.test(token) ? token : randomBytes(32).toString('base64url');
      put.run(hash(kept, username), username, clock.now());
      prune.run(clock.now() - DEVICE_KNOWN_MS, username, username);
      return kept;
    },
    forget: (username) => void remove.run(username),
  };
}
