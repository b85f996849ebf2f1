import { allows, permissionsOf, type Permission, type Role } from '../api/permissions.ts';
import type { SessionView } from '../api/contract.ts';
import type { AuditTrail } from './audit-trail.ts';
import { hashPassword, randomPassword, verifyPassword, type PasswordCost } from './passwords.ts';
import type { Account, Accounts } from './store/accounts.ts';
import type { LoginFailures } from './store/login-failures.ts';
import type { Session, Sessions } from './store/sessions.ts';

/** Who a request comes from: a living session of an account that is not disabled. */
export interface Identity {
  readonly session: Session;
  readonly account: Account;
}

export type LoginOutcome =
  | { readonly kind: 'in'; readonly identity: Identity; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'locked'; readonly seconds: number };

export interface Login {
  login(username: string, password: string): Promise<LoginOutcome>;
  identify(token: string): Identity | undefined;
  identifySession(sessionId: string): Identity | undefined;
  logout(identity: Identity): void;
  /** `refused`: the current password is wrong. Otherwise the ids of the sessions that ended by it. */
  changePassword(identity: Identity, current: string, next: string): Promise<LoginOutcome | readonly string[]>;
}

export interface LoginParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly failures: LoginFailures;
  readonly audit: AuditTrail;
  readonly cost: PasswordCost;
}

export async function createLogin({ accounts, sessions, failures, audit, cost }: LoginParts): Promise<Login> {
  /** Verified for names that are no accounts, so that they take as long as those that are. */
  const decoy = await hashPassword(randomPassword(), cost);

  const identityOf = (session: Session | undefined): Identity | undefined => {
    const account = session && accounts.get(session.username);
    return session && account && !account.disabled ? { session, account } : undefined;
  };

  const proves = async (username: string, password: string): Promise<'yes' | LoginOutcome> => {
    const wait = failures.lockedFor(username);
    if (wait > 0) return { kind: 'locked', seconds: Math.ceil(wait / 1000) };
    // Counted before the slow check and taken back after: a burst of parallel guesses gets no more tries than a queue.
    failures.failed(username);
    const account = accounts.get(username);
    const right = await verifyPassword(password, account?.password ?? decoy);
    if (!account || account.disabled || !right) return { kind: 'refused' };
    failures.succeeded(username);
    return 'yes';
  };

  return {
    async login(name, password) {
      const username = normalise(name);
      const proof = await proves(username, password);
      if (proof !== 'yes') {
        // A name that is no account may be a password typed into the wrong box: it is not kept.
        const actor = accounts.get(username) ? `user:${username}` : 'unknown';
        audit.append(proof.kind === 'locked' ? 'session.login-locked' : 'session.login-refused', actor);
        return proof;
      }
      const { session, token } = sessions.open(username);
      const identity = identityOf(session);
      if (!identity) return { kind: 'refused' };
      audit.append('session.logged-in', `user:${username}`, { session: session.id });
      return { kind: 'in', identity, token };
    },
    identify: (token) => identityOf(sessions.find(token)),
    identifySession: (sessionId) => identityOf(sessions.get(sessionId)),
    logout({ session }) {
      sessions.end(session.id);
      audit.append('session.logged-out', `user:${session.username}`, { session: session.id });
    },
    async changePassword({ session }, current, next) {
      const proof = await proves(session.username, current);
      if (proof !== 'yes') return proof;
      accounts.setPassword(session.username, await hashPassword(next, cost));
      const ended = sessions.endOthers(session.username, session.id);
      audit.append('account.password-changed', `user:${session.username}`, { endedSessions: ended.length });
      return ended;
    },
  };
}

/**
 * Creates `admin` where there is no account yet.
 * @returns the password if it was made here: to be shown once, and kept nowhere in clear
 */
export async function ensureAdministrator(
  accounts: Accounts,
  audit: AuditTrail,
  cost: PasswordCost,
  given: string | null,
): Promise<string | null> {
  if (accounts.count() > 0) return null;
  const password = given ?? randomPassword();
  accounts.create({
    username: 'admin',
    displayName: 'Administrator',
    roles: ['administrator'],
    password: await hashPassword(password, cost),
    initialPassword: given === null,
  });
  audit.append('account.created', 'system', { account: 'admin', roles: 'administrator' });
  return given === null ? password : null;
}

export function mayDo(identity: Identity, permission: Permission): boolean {
  return allows(identity.account.roles, permission);
}

export function viewOf({ session, account }: Identity): SessionView {
  const roles: readonly Role[] = account.roles;
  return {
    username: account.username,
    displayName: account.displayName,
    roles,
    permissions: permissionsOf(roles),
    initialPassword: account.initialPassword,
    expiresAt: session.expiresAt,
  };
}

function normalise(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}
