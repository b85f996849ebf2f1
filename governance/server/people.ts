import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../engine/index.ts';
import type { NewPerson, OneTimePassword, PersonChange, PersonView } from '../api/people-contract.ts';
import type { Role } from '../api/permissions.ts';
import { consoleErrors } from '../errors.ts';
import type { AuditTrail } from './audit-trail.ts';
import { hashPassword, randomPassword, type PasswordCost } from './passwords.ts';
import { isSameLimit, spokenRoles, tidyLimits } from './role-limits.ts';
import type { Account, Accounts } from './store/accounts.ts';
import { inTransaction } from './store/database.ts';
import type { KnownDevices } from './store/known-devices.ts';
import type { LoginFailures } from './store/login-failures.ts';
import type { SecondFactorRows } from './store/second-factors.ts';
import type { Session, Sessions } from './store/sessions.ts';

/** A weekend, and no longer: it travels by telephone or paper. */
const ONE_TIME_MS = 72 * 60 * 60_000;

export interface PeopleParts {
  readonly database: DatabaseSync;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly failures: LoginFailures;
  readonly devices: KnownDevices;
  readonly secondFactors: Pick<SecondFactorRows, 'get' | 'remove'>;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly cost: PasswordCost;
  /** Cuts what is still open for a session that ended. */
  onEnded(sessionId: string): void;
}

/**
 * Accounts as administrators manage them, from the console and from the command line. Each change commits together with its
 * audit record. `by` is the actor: `user:ana`, `cli:root`.
 */
export interface People {
  list(): readonly PersonView[];
  /** @throws `account-unknown` */
  get(username: string): PersonView;
  /** @throws `account-taken` */
  create(by: string, person: NewPerson): Promise<OneTimePassword>;
  /** @throws `account-unknown`, `account-changed`, `account-own`, `account-last-administrator` */
  change(by: string, username: string, change: PersonChange): PersonView;
  /** A one-time password; ends the person's sessions and locks. @throws `account-unknown`, `account-own`, `account-disabled` */
  reset(by: string, username: string): Promise<OneTimePassword>;
  /**
   * For whom the app and the recovery codes are gone: the login is by the password alone then, and sessions end.
   * @throws `account-unknown`, `account-own`, `second-factor-missing`
   */
  removeSecondFactor(by: string, username: string): PersonView;
  /** Ends the lock after wrong passwords. @throws `account-unknown` */
  unlock(by: string, username: string): PersonView;
  /** @throws `account-unknown` */
  sessions(username: string): readonly Session[];
  /** One session, or all of the person. @throws `account-unknown`, `not-found` */
  endSessions(by: string, username: string, id?: string): void;
}

export function createPeople(parts: PeopleParts): People {
  const { database, accounts, sessions, failures, devices, secondFactors, audit, clock, cost } = parts;

  const find = (username: string): Account => {
    const account = accounts.get(username);
    if (!account) throw consoleErrors.create('account-unknown');
    return account;
  };
  const view = (account: Account): PersonView => {
    const { username, displayName, roles, limits, oneTimeUntil, createdAt, lastLoginAt, version } = account;
    const locked = failures.lockedFor([{ kind: 'name', value: username }]) > 0;
    return {
      username,
      displayName,
      roles,
      limits,
      state: account.disabled ? 'disabled' : locked ? 'locked' : oneTimeUntil === null ? 'active' : 'one-time-password',
      oneTimeExpired: oneTimeUntil !== null && oneTimeUntil <= clock.now(),
      secondFactor: secondFactors.get(username) !== undefined,
      demo: account.origin === 'demo',
      createdAt,
      lastLoginAt,
      sessions: sessions.ofAccount(username).length,
      version,
    };
  };
  /** Somebody who can still manage accounts without a person to help: disabled or never-used accounts are of no help. */
  const anotherAdministrator = (username: string): boolean =>
    accounts
      .list()
      .some(
        (one) =>
          one.username !== username &&
          !one.disabled &&
          one.oneTimeUntil === null &&
          one.roles.includes('administrator'),
      );
  const isOwn = (by: string, username: string): boolean => by === `user:${username}`;
  const told = (ids: readonly string[]): void => {
    for (const id of ids) parts.onEnded(id);
  };

  return {
    list: () => accounts.list().map(view),
    get: (username) => view(find(username)),

    async create(by, { username, displayName, roles, limits = {} }) {
      if (accounts.get(username)) throw consoleErrors.create('account-taken');
      const [password, validUntil] = [randomPassword(), clock.now() + ONE_TIME_MS];
      const hash = await hashPassword(password, cost);
      inTransaction(database, () => {
        // Again: somebody else may have been faster during the slow hash.
        if (accounts.get(username)) throw consoleErrors.create('account-taken');
        accounts.create({
          username,
          displayName,
          roles: ordered(roles),
          limits: tidyLimits(limits),
          password: hash,
          initialPassword: false,
          oneTimeUntil: validUntil,
        });
        audit.append('account.created', by, { account: username, roles: spokenRoles(find(username)) });
      });
      return { person: view(find(username)), password, validUntil };
    },

    change(by, username, { version, displayName, roles, limits, disabled, reason }) {
      const ended = inTransaction(database, () => {
        const before = find(username);
        if (before.version !== version) throw consoleErrors.create('account-changed');
        const after = roles === undefined ? before.roles : ordered(roles);
        const where = limits === undefined ? before.limits : tidyLimits(limits);
        const disables = disabled === true && !before.disabled;
        // Also no wider limit of a role that they have; giving up a role is all that is left to oneself.
        const given = after.some(
          (role) => !before.roles.includes(role) || !isSameLimit(where[role], before.limits[role]),
        );
        if (isOwn(by, username) && (given || disables)) throw consoleErrors.create('account-own');
        const loses = before.roles.includes('administrator') && !before.disabled;
        if (loses && (disables || !after.includes('administrator')) && !anotherAdministrator(username))
          throw consoleErrors.create('account-last-administrator');
        accounts.change(username, {
          roles: after,
          limits: where,
          displayName: displayName ?? before.displayName,
          disabled: disabled ?? before.disabled,
          // Somebody took it on: it is no more a thing of the demo.
          ...(disabled === false && before.disabled ? { origin: 'people' as const } : {}),
        });
        const account = username;
        const [was, is] = [spokenRoles(before), spokenRoles(find(username))];
        const rolesChange = was !== is;
        if (rolesChange) audit.append('account.roles-changed', by, { account, before: was, roles: is });
        if (displayName !== undefined && displayName !== before.displayName)
          audit.append('account.renamed', by, { account });
        if (disables) audit.append('account.disabled', by, { account, ...(reason === undefined ? {} : { reason }) });
        if (disabled === false && before.disabled) audit.append('account.enabled', by, { account });
        // A live page was opened with the old roles.
        return rolesChange || disables ? sessions.endAll(username) : [];
      });
      told(ended);
      return view(find(username));
    },

    async reset(by, username) {
      if (isOwn(by, username)) throw consoleErrors.create('account-own');
      if (find(username).disabled) throw consoleErrors.create('account-disabled');
      const [password, validUntil] = [randomPassword(), clock.now() + ONE_TIME_MS];
      const hash = await hashPassword(password, cost);
      const ended = inTransaction(database, () => {
        accounts.setOneTimePassword(username, hash, validUntil);
        accounts.change(username, { origin: 'people' });
        failures.clear({ kind: 'name', value: username });
        devices.forget(username);
        audit.append('account.password-reset', by, { account: username });
        return sessions.endAll(username);
      });
      told(ended);
      return { person: view(find(username)), password, validUntil };
    },

    removeSecondFactor(by, username) {
      if (isOwn(by, username)) throw consoleErrors.create('account-own');
      find(username);
      const ended = inTransaction(database, () => {
        if (!secondFactors.remove(username)) throw consoleErrors.create('second-factor-missing');
        audit.append('account.second-factor-removed', by, { account: username });
        return sessions.endAll(username);
      });
      told(ended);
      return view(find(username));
    },

    unlock(by, username) {
      const account = find(username);
      inTransaction(database, () => {
        failures.clear({ kind: 'name', value: username });
        audit.append('account.unlocked', by, { account: username });
      });
      return view(account);
    },

    sessions: (username) => sessions.ofAccount(find(username).username),

    endSessions(by, username, id) {
      const open = sessions.ofAccount(find(username).username).map((one) => one.id);
      const meant = id === undefined ? open : open.filter((one) => one === id);
      if (id !== undefined && meant.length === 0) throw consoleErrors.create('not-found');
      inTransaction(database, () => {
        for (const one of meant) sessions.end(one);
        audit.append('account.sessions-ended', by, { account: username, count: meant.length });
      });
      told(meant);
    },
  };
}

/** Each once, always in the same order. */
function ordered(roles: readonly Role[]): readonly Role[] {
  return [...new Set(roles)].toSorted();
}
