import type { Role } from '../api/permissions.ts';
import type { AuditType } from '../../engine/index.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Identity } from './identity.ts';
import { hashPassword, randomPassword, verifyPassword, type PasswordCost } from './passwords.ts';
import type { SecondFactors } from './second-factor/second-factors.ts';
import type { Accounts } from './store/accounts.ts';
import type { KnownDevices } from './store/known-devices.ts';
import type { LoginFailures, Suspect } from './store/login-failures.ts';
import type { Session, SessionOrigin, Sessions } from './store/sessions.ts';

/** Where a login comes from; `device` is the token that the browser was given at an earlier one, or ''. */
export interface LoginPlace extends SessionOrigin {
  readonly device: string;
}

export type Refusal =
  | { readonly kind: 'refused' | 'expired' | 'unfit' | 'code-needed' | 'code-refused' }
  | { readonly kind: 'locked'; readonly seconds: number };
export type LoginOutcome =
  { readonly kind: 'in'; readonly identity: Identity; readonly token: string; readonly device: string } | Refusal;

/** What somebody proves with that they are who they say; `code` only where the account has a second step. */
export interface Proof {
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string | undefined;
}

export interface Login {
  /** `code-needed`: the password is right, and the account has a second step. Asked again with both. */
  login(username: string, proof: Proof, place: LoginPlace): Promise<LoginOutcome>;
  identify(token: string): Identity | undefined;
  identifySession(sessionId: string): Identity | undefined;
  logout(identity: Identity): void;
  /** For what needs more than a session that was left open: whether it is really them. Counts towards the lock. */
  prove(identity: Identity, proof: Proof, place: LoginPlace): Promise<'yes' | Refusal>;
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
  readonly secondFactors: SecondFactors;
  readonly audit: AuditTrail;
  readonly cost: PasswordCost;
  readonly now: () => number;
}

export async function createLogin(parts: LoginParts): Promise<Login> {
  const { accounts, sessions, failures, devices, secondFactors, audit, cost, now } = parts;
  /** Verified for names that are no accounts, so that they take as long as those that are. */
  const decoy = await hashPassword(randomPassword(), cost);

  const identityOf = (session: Session | undefined): Identity | undefined => {
    const account = session && accounts.get(session.username);
    if (!session || !account || account.disabled) return undefined;
    return { session, account, owesSecondFactor: secondFactors.isOwed(account) };
  };

  /** `withCode`: the second step as well, where the account has one. */
  const proves = async (
    username: string,
    { password, code }: Proof,
    place: LoginPlace,
    withCode: boolean,
  ): Promise<'yes' | Refusal> => {
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
    if (account.oneTimeUntil !== null && account.oneTimeUntil <= now()) {
      failures.takeBack(suspects);
      return { kind: 'expired' };
    }
    if (withCode && secondFactors.of(username)) {
      if (code === undefined) {
        failures.takeBack(suspects);
        return { kind: 'code-needed' };
      }
      const used = secondFactors.use(username, code);
      if (used === 'wrong') return { kind: 'code-refused' };
      if (used === 'recovery') {
        const left = secondFactors.of(username)?.recoveryCodes ?? 0;
        audit.append('session.recovery-code-used', `user:${username}`, { left });
      }
    }
    failures.succeeded(suspects);
    return 'yes';
  };

  return {
    async login(name, proof, place) {
      const username = normaliseName(name);
      const proven = await proves(username, proof, place, true);
      if (proven !== 'yes') {
        // A name that is no account may be a password typed into the wrong box: it is not kept.
        const actor = accounts.get(username) ? `user:${username}` : 'unknown';
        const type = auditedAs(proven.kind);
        if (type) audit.append(type, actor);
        return proven;
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
    async prove({ session: { username } }, proof, place) {
      const proven = await proves(username, proof, place, true);
      if (proven !== 'yes' && proven.kind === 'code-refused') audit.append('session.code-refused', `user:${username}`);
      return proven;
    },
    async changePassword({ session }, current, next, place) {
      const { username } = session;
      const proven = await proves(username, { password: current }, place, false);
      if (proven !== 'yes') return proven;
      if (next === current || (username.length > 3 && next.toLowerCase().includes(username))) return { kind: 'unfit' };
      accounts.setPassword(username, await hashPassword(next, cost));
      const ended = sessions.endAll(username, session.id);
      audit.append('account.password-changed', `user:${username}`, { endedSessions: ended.length });
      return ended;
    },
  };
}

/** `undefined`: nothing has happened yet. */
function auditedAs(kind: Refusal['kind']): AuditType | undefined {
  switch (kind) {
    case 'code-needed':
      return undefined;
    case 'code-refused':
      return 'session.code-refused';
    case 'locked':
      return 'session.login-locked';
    case 'refused':
    case 'expired':
    case 'unfit':
      return 'session.login-refused';
    default:
      return kind satisfies never;
  }
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
