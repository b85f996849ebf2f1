import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { demoPeopleIn } from '../../trust/demo-trust.ts';
import { hasTrust, readTrustFolder, trustFolderOf } from '../../trust/trust-folder.ts';
import type { Role } from '../../api/permissions.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { hashPassword, randomPassword, type PasswordCost } from '../passwords.ts';
import type { Accounts } from '../store/accounts.ts';
import { inTransaction } from '../store/database.ts';
import type { Sessions } from '../store/sessions.ts';

/** One person for each job of the demo's story. */
const PEOPLE: readonly { readonly username: string; readonly displayName: string; readonly roles: readonly Role[] }[] =
  [
    { username: 'analyst', displayName: 'Ana Analyst (demo)', roles: ['analyst'] },
    { username: 'reviewer', displayName: 'Rae Reviewer (demo)', roles: ['reviewer'] },
    { username: 'clinical-governance', displayName: 'Cleo Governance (demo)', roles: ['clinical-governance'] },
    { username: 'engineer', displayName: 'Eli Engineer (demo)', roles: ['engineer'] },
    { username: 'operator', displayName: 'Oli Operator (demo)', roles: ['operator'] },
    { username: 'coordinator', displayName: 'Cora Coordinator (demo)', roles: ['coordinator'] },
  ];

export const DEMO_ENVIRONMENT = 'production';

/** 98 random bits need no stretching, and the demo is to start fast. */
const COST: PasswordCost = { logN: 12, r: 8, p: 1 };

export interface DemoParts {
  readonly database: DatabaseSync;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly audit: AuditTrail;
}

export const demoLoginsPath = (dataFolder: string): string => join(dataFolder, 'demo-logins.txt');

/**
 * Makes the demo's people, with random passwords in `demo-logins.txt` (for its owner's eyes only). Later starts leave them,
 * unless the file is gone: then nobody knows the passwords, and there are new ones. An account of the same name that is not
 * of the demo stays as it is.
 */
export async function ensureDemoPeople(dataFolder: string, parts: DemoParts): Promise<void> {
  const { database, accounts, sessions, audit } = parts;
  const file = demoLoginsPath(dataFolder);
  const ours = PEOPLE.filter(({ username }) => (accounts.get(username)?.origin ?? 'demo') === 'demo');
  const ready = ours.every(({ username }) => accounts.get(username)?.disabled === false);
  // Once there is a trust store, its keys open with what the file had when they were made, or with nothing.
  const hasKeys = await hasTrust(trustFolderOf(dataFolder, DEMO_ENVIRONMENT));
  if (ready && existsSync(file) && (hasKeys || demoPassphrases(dataFolder).size > 0)) return;
  const logins = await Promise.all(
    ours.map(async (person) => {
      const password = randomPassword();
      return { ...person, password, hash: await hashPassword(password, COST) };
    }),
  );
  // First the file: a crash in between must not leave people whose passwords nobody knows. `wx`: never through a link.
  rmSync(file, { force: true });
  const lines = [
    ['user name', 'password', 'passphrase of the signing key'],
    ...logins.map(({ username, password }) => [
      username,
      password,
      !hasKeys && signs(username) ? randomPassword() : '-',
    ]),
  ].map(
    ([username = '', password = '', passphrase = '']) => `${username.padEnd(22)}${password.padEnd(26)}${passphrase}\n`,
  );
  writeFileSync(file, `The demo's people, for this data folder only.\n\n${lines.join('')}`, {
    flag: 'wx',
    mode: 0o600,
  });
  inTransaction(database, () => {
    for (const { username, displayName, roles, hash } of logins) {
      if (accounts.get(username)) {
        accounts.setPassword(username, hash);
        accounts.change(username, { disabled: false });
        sessions.endAll(username);
        audit.append('account.enabled', 'system', { account: username });
      } else {
        accounts.create({ username, displayName, roles, password: hash, initialPassword: false, origin: 'demo' });
        audit.append('account.created', 'system', { account: username, roles: roles.join(', ') });
      }
    }
  });
}

/**
 * Whether somebody has said whom production trusts. Then it is no demo, and people whose passwords lie in a file have no
 * place there, whatever it was started with.
 */
export async function isSomebodys(dataFolder: string): Promise<boolean> {
  const folder = trustFolderOf(dataFolder, DEMO_ENVIRONMENT);
  if (!(await hasTrust(folder))) return false;
  const store = await readTrustFolder(folder, DEMO_ENVIRONMENT).catch(() => null);
  return store === null || (await demoPeopleIn(store)).length === 0;
}

/** Everybody but the coordinator, who answers escalations and signs nothing. */
const signs = (username: string): boolean => username !== 'coordinator';

/** User name -> passphrase, as the file has them: for the ceremony that makes their keys. */
export function demoPassphrases(dataFolder: string): ReadonlyMap<string, string> {
  const lines = readFileSync(demoLoginsPath(dataFolder), 'utf8').split('\n');
  const people = new Set(PEOPLE.map(({ username }) => username));
  return new Map(
    lines.flatMap((line) => {
      const [username = '', , passphrase = '-'] = line.split(/ +/);
      return people.has(username) && passphrase !== '-' ? [[username, passphrase] as const] : [];
    }),
  );
}

/** Without `--demo` its people can do nothing: their passwords lie in a file. */
export function dismissDemoPeople(dataFolder: string, { database, accounts, sessions, audit }: DemoParts): void {
  rmSync(demoLoginsPath(dataFolder), { force: true });
  const there = accounts.list().filter(({ origin, disabled }) => origin === 'demo' && !disabled);
  inTransaction(database, () => {
    for (const { username } of there) {
      accounts.change(username, { disabled: true });
      sessions.endAll(username);
      audit.append('account.disabled', 'system', { account: username, reason: 'started without --demo' });
    }
  });
}
