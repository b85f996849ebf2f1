import type { Role } from '../api/permissions.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Identity } from './identity.ts';
import { hashPassword, randomPassword, verifyPassword, type PasswordCost } from './passwords.ts';
import type { Accounts } from './store/accounts.ts';
import type { KnownDevices } from './store/known-devices.ts';
import type { LoginFailures, Suspect } from './store/login-failures.ts';
import type { Session, SessionOrigin, Sessions } from './store/sessions.ts';

/** Where a login comes from; `device` is the token that the browser was given at an earlier one, or ''. */
export interface LoginPlace extends SessionOrigin {
  readonly device: string;
}

type Refusal =
  { readonly kind: 'refused' | 'expired' | 'unfit' } | { readonly kind: 'locked'; readonly seconds: number };
export type LoginOutcome =
  { readonly kind: 'in'; readonly identity: Identity; readonly token: string; readonly device: string } | Refusal;

export interface Login {
  login(username: string, password: string, place: LoginPlace): Promise<LoginOutcome>;
  identify(token: string): Identity | undefined;
  identifySession(sessionId: string): Identity | undefined;
  logout(identity: Identity): void;
  /** `refused`: the current password is wrong. Otherwise the ids of the sessions that ended by it. */
  changePassword(
    identity: Identity,
    current: string,
    next: string,
    place: LoginPlace,
  ): Promise<Refusal | readonly string[]>;
}

export interface LoginParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly failures: LoginFailures;
  readonly devices: KnownDevices;
  readonly audit: AuditTrail;
  readonly cost: PasswordCost;
  readonly now: () => number;
}

export async function createLogin(parts: LoginParts): Promise<Login> {
  const { accounts, sessions, failures, devices, audit, cost, now } = parts;
  /** Verified for names that are no accounts, so that they take as long as those that are. */
  const decoy = await hashPassword(randomPassword(), cost);

  const identityOf = (session: Session | undefined): Identity | undefined => {
    const account = session && accounts.get(session.username);
    return session && account && !account.disabled ? { session, account } : undefined;
  };

  const proves = async (username: string, password: string, place: LoginPlace): Promise<'yes' | Refusal> => {
    const device = devices.known(place.device, username);
    const suspects: readonly Suspect[] =
      device === undefined
        ? [
            { kind: 'name', value: username },
            { kind: 'address', value: place.address },
          ]
        : [{ kind: 'device', value: device }];
    const wait = failures.lockedFor(suspects);
    if (wait > 0) return { kind: 'locked', seconds: Math.ceil(wait / 1000) };
    // Counted before the slow check and taken back after: a burst of parallel guesses gets no more tries than a queue.
    failures.failed(suspects);
    const before = accounts.get(username);
    const right = await verifyPassword(password, before?.password ?? decoy);
    // Read again: it may have been disabled or reset during the slow check.
    const account = accounts.get(username);
    if (!account || account.disabled || !right || account.password !== before?.password) return { kind: 'refused' };
    failures.succeeded(suspects);
    return account.oneTimeUntil !== null && account.oneTimeUntil <= now() ? { kind: 'expired' } : 'yes';
  };

  return {
    async login(name, password, place) {
      const username = normaliseName(name);
      const proof = await proves(username, password, place);
      if (proof !== 'yes') {
        // A name that is no account may be a password typed into the wrong box: it is not kept.
        const actor = accounts.get(username) ? `user:${username}` : 'unknown';
        audit.append(proof.kind === 'locked' ? 'session.login-locked' : 'session.login-refused', actor);
        return proof;
      }
      const { session, token } = sessions.open(username, place);
      const identity = identityOf(session);
      if (!identity) return { kind: 'refused' };
      accounts.loggedIn(username);
      audit.append('session.logged-in', `user:${username}`, { session: session.id, address: place.address });
      return { kind: 'in', identity, token, device: devices.remember(place.device, username) };
    },
    identify: (token) => identityOf(sessions.find(token)),
    identifySession: (sessionId) => identityOf(sessions.get(sessionId)),
    logout({ session }) {
      sessions.end(session.id);
      audit.append('session.logged-out', `user:${session.username}`, { session: session.id });
    },
    async changePassword({ session }, current, next, place) {
      const { username } = session;
      const proof = await proves(username, current, place);
      if (proof !== 'yes') return proof;
      if (next === current || (username.length > 3 && next.toLowerCase().includes(username))) return { kind: 'unfit' };
      accounts.setPassword(username, await hashPassword(next, cost));
      const ended = sessions.endAll(username, session.id);
      audit.append('account.password-changed', `user:${username}`, { endedSessions: ended.length });
      return ended;
    },
  };
}

/** What the first person can do: there is nobody else yet. Once there is, the roles beside `administrator` can go. */
const FIRST_ROLES: readonly Role[] = ['administrator', 'engineer', 'operator'];

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
    roles: FIRST_ROLES,
    password: await hashPassword(password, cost),
    initialPassword: given === null,
  });
  audit.append('account.created', 'system', { account: 'admin', roles: FIRST_ROLES.join(', ') });
  return given === null ? password : null;
}

export function normaliseName(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase();
}
