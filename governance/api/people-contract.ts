/** Accounts of people and of programs, as the console's API shows and takes them. */
import type { Limits, Role, ServiceScope } from './permissions.ts';

/** GET /people */
export interface PersonView {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Of those roles that count only for some definitions or service lines. */
  readonly limits: Limits;
  readonly state: 'active' | 'disabled' | 'one-time-password' | 'locked';
  /** The one-time password has run out: it opens nothing any more. */
  readonly oneTimeExpired: boolean;
  /** Their login has a second step. */
  readonly secondFactor: boolean;
  readonly demo: boolean;
  readonly createdAt: number;
  readonly lastLoginAt: number | null;
  /** How many sessions are open. */
  readonly sessions: number;
  /** Sent back with a change, so that nobody overwrites what they have not seen. */
  readonly version: number;
}

/** POST /people */
export interface NewPerson {
  /** Small letters, digits, `.`, `_` and `-`; it begins with a letter and never changes. */
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly limits?: Limits;
}

/** The answer to POST /people and POST /people/:username/reset: shown once. */
export interface OneTimePassword {
  readonly person: PersonView;
  readonly password: string;
  readonly validUntil: number;
}

/** POST /people/:username: ends the person's sessions where the roles change or the account is disabled. */
export interface PersonChange {
  readonly version: number;
  readonly displayName?: string;
  readonly roles?: readonly Role[];
  /** All of them: a role that is not named counts everywhere. */
  readonly limits?: Limits;
  readonly disabled?: boolean;
  readonly reason?: string;
}

/** GET /people/:username/sessions and, of one's own, GET /sessions. Times in epoch milliseconds. */
export interface SessionEntry {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly current: boolean;
  readonly address: string;
  /** What the browser says that it is. */
  readonly agent: string;
}

/** GET /service-accounts */
export interface ServiceAccountView {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ServiceScope[];
  readonly state: 'active' | 'expired' | 'revoked';
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

/** POST /service-accounts */
export interface NewServiceAccount {
  readonly name: string;
  readonly scopes: readonly ServiceScope[];
  /** 1 to 366. */
  readonly days: number;
}

/** The answer to it: the token is shown once. Sent as `Authorization: Bearer <token>`. */
export interface ServiceToken {
  readonly account: ServiceAccountView;
  readonly token: string;
}
