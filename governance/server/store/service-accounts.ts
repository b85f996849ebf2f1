import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids } from '../../../engine/index.ts';
import { SERVICE_SCOPES, type ServiceScope } from '../../api/permissions.ts';

export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ServiceScope[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface ServiceAccounts {
  list(): readonly ServiceAccount[];
  get(id: string): ServiceAccount | undefined;
  /** A living account of this name. */
  named(name: string): ServiceAccount | undefined;
  /** The account and its token, which is kept nowhere but in the answer. */
  create(account: Pick<ServiceAccount, 'name' | 'scopes' | 'createdBy' | 'expiresAt'>): {
    readonly account: ServiceAccount;
    readonly token: string;
  };
  revoke(id: string): void;
  /** The living account of a token; notes that it was used. */
  find(token: string): ServiceAccount | undefined;
}

/** Named, so that scanners for leaked secrets know one. */
const TOKEN = /^wardflow_sa_[A-Za-z0-9_-]{43}$/;
/** A write per request would cost a flush each; the last use may be this stale. */
const TOUCH_EVERY_MS = 60_000;

export function serviceAccountsIn(database: DatabaseSync, clock: Clock, ids: Ids): ServiceAccounts {
  const all = database.prepare('SELECT * FROM service_accounts ORDER BY created_at DESC LIMIT 500');
  const byId = database.prepare('SELECT * FROM service_accounts WHERE id = ?');
  const byName = database.prepare('SELECT * FROM service_accounts WHERE name = ? AND revoked_at IS NULL');
  const byToken = database.prepare('SELECT * FROM service_accounts WHERE token_hash = ? AND revoked_at IS NULL');
  const insert = database.prepare(
    `INSERT INTO service_accounts (id, name, scopes, token_hash, created_by, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = database.prepare('UPDATE service_accounts SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const used = database.prepare('UPDATE service_accounts SET last_used_at = ? WHERE id = ?');
  const read = (row: Record<string, unknown> | undefined): ServiceAccount | undefined => row && toAccount(row);
  return {
    list: () => all.all().map(toAccount),
    get: (id) => read(byId.get(id)),
    named: (name) => read(byName.get(name)),
    create({ name, scopes, createdBy, expiresAt }) {
      const token = `wardflow_sa_${randomBytes(32).toString('base64url')}`;
      const [id, createdAt] = [ids.next(), clock.now()];
      insert.run(id, name, scopes.join(','), hashToken(token), createdBy, createdAt, expiresAt);
      const account = { id, name, scopes, createdBy, createdAt, expiresAt, lastUsedAt: null, revokedAt: null };
      return { account, token };
    },
    revoke: (id) => void revoke.run(clock.now(), id),
    find(token) {
      const account = TOKEN.test(token) ? read(byToken.get(hashToken(token))) : undefined;
      const now = clock.now();
      if (!account || account.expiresAt <= now) return undefined;
      if (now - (account.lastUsedAt ?? 0) >= TOUCH_EVERY_MS) used.run(now, account.id);
      return account;
    },
  };
}

function toAccount(row: Readonly<Record<string, unknown>>): ServiceAccount {
  const names = String(row['scopes']).split(',');
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  return {
    id: String(row['id']),
    name: String(row['name']),
    scopes: SERVICE_SCOPES.filter((scope) => names.includes(scope)),
    createdBy: String(row['created_by']),
    createdAt: Number(row['created_at']),
    expiresAt: Number(row['expires_at']),
    lastUsedAt: time(row['last_used_at']),
    revokedAt: time(row['revoked_at']),
  };
}

/** A token has 256 bits of its own: a fast hash is enough. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
