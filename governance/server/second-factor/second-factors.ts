import type { Clock } from '../../../engine/index.ts';
import type { Role } from '../../api/permissions.ts';
import type { Account } from '../store/accounts.ts';
import type { SecondFactorRows } from '../store/second-factors.ts';
import { hashRecoveryCode, makeRecoveryCodes } from './recovery-codes.ts';
import type { SealedSecrets } from './sealed-secrets.ts';
import { enrolmentUri, newSecret, stepOfCode } from './totp.ts';

/** Whose logins need a second step: everybody's, or that of people with one of these roles. */
export type DemandedOf = 'all' | readonly Role[];

/** An enrolment that was begun and not confirmed is forgotten after this. */
const PENDING_MS = 10 * 60_000;
const MOST_PENDING = 1000;

/** The second step of logins: codes of an authenticator app, and recovery codes. */
export interface SecondFactors {
  of(username: string): { readonly since: number; readonly recoveryCodes: number } | undefined;
  /** By the account's roles. */
  isDemanded(account: Account): boolean;
  /** It is demanded, and there is none yet. */
  isOwed(account: Account): boolean;
  /** What was given, used up by being right; `wrong` also for a code that was used before. */
  use(username: string, given: string): 'code' | 'recovery' | 'wrong';
  /** A secret for the person's app, in force once `confirm` has seen a code of it. */
  begin(sessionId: string, username: string): { readonly secret: string; readonly uri: string };
  /** The recovery codes, shown only now; `none`: nothing was begun, or too long ago. */
  confirm(sessionId: string, username: string, code: string): readonly string[] | 'wrong' | 'none';
  renewRecoveryCodes(username: string): readonly string[];
  remove(username: string): boolean;
}

export interface SecondFactorParts {
  readonly rows: SecondFactorRows;
  readonly sealed: SealedSecrets;
  readonly clock: Clock;
  readonly demandedOf: DemandedOf;
}

export function createSecondFactors({ rows, sealed, clock, demandedOf }: SecondFactorParts): SecondFactors {
  const pending = new Map<string, { readonly secret: string; readonly until: number }>();
  const freshCodes = (username: string): { readonly codes: readonly string[]; readonly hashes: readonly string[] } => {
    const codes = makeRecoveryCodes();
    return { codes, hashes: codes.flatMap((code) => hashRecoveryCode(username, code) ?? []) };
  };
  const isDemanded = ({ roles }: Account): boolean =>
    demandedOf === 'all' || roles.some((role) => demandedOf.includes(role));
  return {
    of(username) {
      const row = rows.get(username);
      return row && { since: row.since, recoveryCodes: row.recoveryCodes };
    },
    isDemanded,
    isOwed: (account) => isDemanded(account) && rows.get(account.username) === undefined,
    use(username, given) {
      const row = rows.get(username);
      if (!row) return 'wrong';
      const recovery = hashRecoveryCode(username, given);
      if (recovery !== null) return rows.useRecoveryCode(username, recovery) ? 'recovery' : 'wrong';
      const secret = sealed.open(row.sealed, username);
      const step = secret === undefined ? null : stepOfCode(secret, plain(given), clock.now(), row.lastStep);
      return step !== null && rows.use(username, step) ? 'code' : 'wrong';
    },
    begin(sessionId, username) {
      const secret = newSecret();
      pending.delete(sessionId);
      pending.set(sessionId, { secret, until: clock.now() + PENDING_MS });
      if (pending.size > MOST_PENDING) pending.delete(pending.keys().next().value ?? '');
      return { secret, uri: enrolmentUri(username, secret) };
    },
    confirm(sessionId, username, code) {
      const begun = pending.get(sessionId);
      if (!begun || begun.until <= clock.now()) return 'none';
      const step = stepOfCode(begun.secret, plain(code), clock.now(), -1);
      if (step === null) return 'wrong';
      pending.delete(sessionId);
      const { codes, hashes } = freshCodes(username);
      rows.put(username, sealed.seal(begun.secret, username), step, hashes);
      return codes;
    },
    renewRecoveryCodes(username) {
      const { codes, hashes } = freshCodes(username);
      rows.replaceCodes(username, hashes);
      return codes;
    },
    remove: (username) => rows.remove(username),
  };
}

/** Apps show `123 456`. */
function plain(code: string): string {
  return code.replace(/\s/g, '');
}
