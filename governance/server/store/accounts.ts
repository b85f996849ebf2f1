import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';
import { LIMITABLE_ROLES, ROLES, type Limits, type Role } from '../../api/permissions.ts';

export interface Account {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Of those roles that do not count everywhere. */
  readonly limits: Limits;
  /** As `hashPassword` wrote it. */
  readonly password: string;
  /** The account still has the password it was made with. */
  readonly initialPassword: boolean;
  /** An administrator gave the password: it opens nothing but its own change, and not after this time. */
  readonly oneTimeUntil: number | null;
  readonly disabled: boolean;
  /** `demo`: made by `--demo`, and of no use without it. */
  readonly origin: 'people' | 'demo';
  /** Counts changes, so that nobody overwrites what they have not seen. */
  readonly version: number;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
}

export interface NewAccount {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly limits?: Limits;
  readonly password: string;
  readonly initialPassword: boolean;
  readonly oneTimeUntil?: number | null;
  readonly origin?: Account['origin'];
}

export type AccountChange = Partial<Pick<Account, 'displayName' | 'roles' | 'limits' | 'disabled' | 'origin'>>;

export interface Accounts {
  count(): number;
  list(): readonly Account[];
  get(username: string): Account | undefined;
  create(account: NewAccount): void;
  /** A password that its owner chose. */
  setPassword(username: string, password: string): void;
  /** A password that somebody else knows. */
  setOneTimePassword(username: string, password: string, until: number): void;
  /** What an administrator may change of an account; counts the version up. */
  change(username: string, change: AccountChange): void;
  loggedIn(username: string): void;
}

export function accountsIn(database: DatabaseSync, clock: Clock): Accounts {
  const countAll = database.prepare('SELECT count(*) AS n FROM accounts');
  const all = database.prepare('SELECT * FROM accounts ORDER BY username');
  const byName = database.prepare('SELECT * FROM accounts WHERE username = ?');
  const insert = database.prepare(
    `INSERT INTO accounts (username, display_name, roles, password, initial_password, created_at, one_time_until, origin, limits)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const own = database.prepare(
    `UPDATE accounts SET password = ?, initial_password = 0, one_time_until = NULL, version = version + 1 WHERE username = ?`,
  );
  const oneTime = database.prepare(
    `UPDATE accounts SET password = ?, initial_password = 0, one_time_until = ?, version = version + 1 WHERE username = ?`,
  );
  const update = database.prepare(
    `UPDATE accounts SET display_name = ?, roles = ?, limits = ?, disabled = ?, origin = ?, version = version + 1 WHERE username = ?`,
  );
  const seen = database.prepare('UPDATE accounts SET last_login_at = ? WHERE username = ?');
  const get = (username: string): Account | undefined => {
    const row = byName.get(username);
    return row && toAccount(row);
  };
  return {
    count: () => Number(countAll.get()?.['n']),
    list: () => all.all().map(toAccount),
    get,
    create(account) {
      const { username, displayName, roles, password, oneTimeUntil = null, origin = 'people', limits = {} } = account;
      const [initial, now] = [account.initialPassword ? 1 : 0, clock.now()];
      const kept = limitsText(limits, roles);
      insert.run(username, displayName, roles.join(','), password, initial, now, oneTimeUntil, origin, kept);
    },
    setPassword: (username, password) => void own.run(password, username),
    setOneTimePassword: (username, password, until) => void oneTime.run(password, until, username),
    change(username, change) {
      const account = get(username);
      if (!account) return;
      const { displayName, roles, limits, disabled, origin } = { ...account, ...change };
      update.run(displayName, roles.join(','), limitsText(limits, roles), disabled ? 1 : 0, origin, username);
    },
    loggedIn: (username) => void seen.run(clock.now(), username),
  };
}

function toAccount(row: Readonly<Record<string, unknown>>): Account {
  const time = (value: unknown): number | null => (value === null ? null : Number(value));
  return {
    username: String(row['username']),
    displayName: String(row['display_name']),
    roles: readRoles(String(row['roles'])),
    limits: JSON.parse(String(row['limits'])) as Limits,
    password: String(row['password']),
    initialPassword: row['initial_password'] === 1,
    oneTimeUntil: time(row['one_time_until']),
    disabled: row['disabled'] === 1,
    origin: row['origin'] === 'demo' ? 'demo' : 'people',
    version: Number(row['version']),
    createdAt: Number(row['created_at']),
    lastLoginAt: time(row['last_login_at']),
  };
}

function readRoles(text: string): readonly Role[] {
  const names = text.split(',');
  return ROLES.filter((role) => names.includes(role));
}

/** Only of roles that the account has: a role that comes back later is given anew, with its limit. */
function limitsText(limits: Limits, roles: readonly Role[]): string {
  const kept = LIMITABLE_ROLES.filter((role) => roles.includes(role) && limits[role] !== undefined);
  return JSON.stringify(Object.fromEntries(kept.map((role) => [role, limits[role]])));
}
