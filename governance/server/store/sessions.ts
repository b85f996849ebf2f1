import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids } from '../../../engine/index.ts';

export interface Session {
  readonly id: string;
  readonly username: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** Where it was opened from. */
  readonly origin: SessionOrigin;
}

export interface SessionOrigin {
  /** Network address, as far as this host can see. */
  readonly address: string;
  /** What the browser says that it is. */
  readonly agent: string;
}

export interface SessionLimits {
  /** Milliseconds without anybody at the keyboard. */
  readonly idleMs: number;
  /** Milliseconds after the login, whatever happens. */
  readonly absoluteMs: number;
}

export interface Sessions {
  /** A new session and its token, which is kept nowhere but in the answer. */
  open(username: string, origin: SessionOrigin): { readonly session: Session; readonly token: string };
  /** The living session of a token. */
  find(token: string): Session | undefined;
  /** The session by id, if it is alive. */
  get(id: string): Session | undefined;
  touch(session: Session): void;
  ofAccount(username: string): readonly Session[];
  end(id: string): void;
  /** Ends all sessions of an account, or all but `keep`; gives the ids ended. */
  endAll(username: string, keep?: string): readonly string[];
}

/** A write per request would cost a flush each; the last sight may be this stale. */
const TOUCH_EVERY_MS = 30_000;
const LONGEST_AGENT = 200;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function sessionsIn(database: DatabaseSync, clock: Clock, ids: Ids, limits: SessionLimits): Sessions {
  const insert = database.prepare(
    `INSERT INTO sessions (id, token_hash, username, created_at, last_seen_at, expires_at, address, agent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
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
    open(username, from) {
      const now = clock.now();
      prune.run(now, now - limits.idleMs);
      const token = randomBytes(32).toString('base64url');
      const [id, expiresAt] = [ids.next(), now + limits.absoluteMs];
      const origin = { address: from.address, agent: from.agent.slice(0, LONGEST_AGENT) };
      const session: Session = { id, username, createdAt: now, lastSeenAt: now, expiresAt, origin };
      insert.run(id, hashToken(token), username, now, now, expiresAt, origin.address, origin.agent);
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
    endAll(username, keep) {
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
    origin: { address: String(row['address']), agent: String(row['agent']) },
  };
}

/** A token has 256 bits of its own: a fast hash is enough, and a copy of the file opens no session. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
