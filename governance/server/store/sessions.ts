import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids } from '../../../engine/index.ts';

export interface Session {
  readonly id: string;
  readonly username: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

export interface SessionLimits {
  /** Milliseconds without anybody at the keyboard. */
  readonly idleMs: number;
  /** Milliseconds after the login, whatever happens. */
  readonly absoluteMs: number;
}

export interface Sessions {
  /** A new session and its token, which is kept nowhere but in the answer. */
  open(username: string): { readonly session: Session; readonly token: string };
  /** The living session of a token. */
  find(token: string): Session | undefined;
  /** The session by id, if it is alive. */
  get(id: string): Session | undefined;
  touch(session: Session): void;
  ofAccount(username: string): readonly Session[];
  end(id: string): void;
  /** Ends all sessions of an account but `keep`; gives the ids ended. */
  endOthers(username: string, keep: string): readonly string[];
}

/** A write per request would cost a flush each; the last sight may be this stale. */
const TOUCH_EVERY_MS = 30_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function sessionsIn(database: DatabaseSync, clock: Clock, ids: Ids, limits: SessionLimits): Sessions {
  const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)');
  const byToken = database.prepare('SELECT * FROM sessions WHERE token_hash = ?');
  const byId = database.prepare('SELECT * FROM sessions WHERE id = ?');
  const byAccount = database.prepare('SELECT * FROM sessions WHERE username = ? ORDER BY created_at DESC');
  const seen = database.prepare('UPDATE sessions SET last_seen_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE id = ?');
  const prune = database.prepare('DELETE FROM sessions WHERE expires_at <= ? OR last_seen_at <= ?');

  const alive = (row: Record<string, unknown> | undefined): Session | undefined => {
    if (!row) return undefined;
    const session = toSession(row);
    const now = clock.now();
    return now < session.expiresAt && now < session.lastSeenAt + limits.idleMs ? session : undefined;
  };

  return {
    open(username) {
      const now = clock.now();
      prune.run(now, now - limits.idleMs);
      const token = randomBytes(32).toString('base64url');
      const session = { id: ids.next(), username, createdAt: now, lastSeenAt: now, expiresAt: now + limits.absoluteMs };
      insert.run(session.id, hashToken(token), username, now, now, session.expiresAt);
      return { session, token };
    },
    find: (token) => (TOKEN.test(token) ? alive(byToken.get(hashToken(token))) : undefined),
    get: (id) => alive(byId.get(id)),
    touch(session) {
      if (clock.now() - session.lastSeenAt >= TOUCH_EVERY_MS) seen.run(clock.now(), session.id);
    },
    ofAccount: (username) =>
      byAccount
        .all(username)
        .map((row) => alive(row))
        .filter((session) => session !== undefined),
    end(id) {
      remove.run(id);
    },
    endOthers(username, keep) {
      const others = byAccount
        .all(username)
        .map((row) => toSession(row).id)
        .filter((id) => id !== keep);
      for (const id of others) remove.run(id);
      return others;
    },
  };
}

function toSession(row: Record<string, unknown>): Session {
  return {
    id: String(row['id']),
    username: String(row['username']),
    createdAt: Number(row['created_at']),
    lastSeenAt: Number(row['last_seen_at']),
    expiresAt: Number(row['expires_at']),
  };
}

/** A token has 256 bits of its own: a fast hash is enough, and a copy of the file opens no session. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
