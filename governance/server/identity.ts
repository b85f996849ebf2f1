/**
 * Who asks, and what they may do: the one place that decides it for people, by the table of permissions and the limits of
 * their roles.
 */
import {
  covers,
  isNowhere,
  permissionsOf,
  scopeFor,
  type Permission,
  type Scope,
  type Target,
} from '../api/permissions.ts';
import type { SessionView } from '../api/contract.ts';
import type { Account } from './store/accounts.ts';
import type { Session } from './store/sessions.ts';

/** Who a request comes from: a living session of an account that is not disabled. */
export interface Identity {
  readonly session: Session;
  readonly account: Account;
  /** Their role demands a second step at login, and they have none yet. */
  readonly owesSecondFactor: boolean;
}

const NOWHERE: Scope = { definitions: [], serviceLines: [] };

/** Somebody whose password an administrator knows may only change it. */
export function mustChangePassword(identity: Identity): boolean {
  return identity.account.oneTimeUntil !== null;
}

/** They have something to do before anything else: until then they may only do that, and log out. */
export function isHeldBack(identity: Identity): boolean {
  return mustChangePassword(identity) || identity.owesSecondFactor;
}

/** Where they have the permission: for lists, which show what is in it. */
export function scopeOf(identity: Identity, permission: Permission): Scope {
  if (isHeldBack(identity)) return NOWHERE;
  return scopeFor(identity.account.roles, identity.account.limits, permission);
}

/** Somewhere at all: for menus, and as the first question of a route. What is done to something asks `mayOn`. */
export function mayDo(identity: Identity, permission: Permission): boolean {
  return !isNowhere(scopeOf(identity, permission));
}

/** On this definition, or something of this service line. With neither: only who has the permission everywhere. */
export function mayOn(identity: Identity, permission: Permission, target: Target): boolean {
  return covers(scopeOf(identity, permission), target);
}

export function viewOf(identity: Identity): SessionView {
  const { session, account } = identity;
  return {
    username: account.username,
    displayName: account.displayName,
    roles: account.roles,
    limits: account.limits,
    permissions: isHeldBack(identity) ? [] : permissionsOf(account.roles, account.limits),
    initialPassword: account.initialPassword,
    mustChangePassword: mustChangePassword(identity),
    owesSecondFactor: identity.owesSecondFactor,
    expiresAt: session.expiresAt,
  };
}
