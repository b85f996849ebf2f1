import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../engine/index.ts';
import { ROLES, type Role } from '../../api/permissions.ts';

export interface Account {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** As `hashPassword` wrote it. */
  readonly password: string;
  readonly initialPassword: boolean;
  readonly disabled: boolean;
}

export interface Accounts {
  count(): number;
  get(username: string): Account | undefined;
  create(account: Omit<Account, 'disabled'>): void;
  setPassword(username: string, password: string): void;
}

export function accountsIn(database: DatabaseSync, clock: Clock): Accounts {
  const countAll = database.prepare('SELECT count(*) AS n FROM accounts');
  const byName = database.prepare('SELECT * FROM accounts WHERE username = ?');
  const insert = database.prepare(
    'INSERT INTO accounts (username, display_name, roles, password, initial_password, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = database.prepare('UPDATE accounts SET password = ?, initial_password = 0 WHERE username = ?');
  return {
    count: () => Number(countAll.get()?.['n']),
    get(username) {
      const row = byName.get(username);
      return (
        row && {
          username: String(row['username']),
          displayName: String(row['display_name']),
          roles: readRoles(String(row['roles'])),
          password: String(row['password']),
          initialPassword: row['initial_password'] === 1,
          disabled: row['disabled'] === 1,
        }
      );
    },
    create(account) {
      insert.run(
        account.username,
        account.displayName,
        account.roles.join(','),
        account.password,
        account.initialPassword ? 1 : 0,
        clock.now(),
      );
    },
    setPassword(username, password) {
      update.run(password, username);
    },
  };
}

function readRoles(text: string): readonly Role[] {
  const names = text.split(',');
  return ROLES.filter((role) => names.includes(role));
}
