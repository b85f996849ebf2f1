/** Codes for the day on which the telephone is gone: each opens one login. */
import { createHash, randomInt } from 'node:crypto';

export const RECOVERY_CODES = 10;
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 15 letters and digits that cannot be taken for each other, in three groups: 74 bits each. */
export function makeRecoveryCodes(): readonly string[] {
  const letters = (): string => Array.from({ length: 5 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Array.from({ length: RECOVERY_CODES }, () => [letters(), letters(), letters()].join('-'));
}

/** `null`: it has not the form of one. People leave out the dashes, and telephones begin with a capital. */
export function hashRecoveryCode(username: string, code: string): string | null {
  const plain = code.toLowerCase().replace(/[\s-]/g, '');
  if (plain.length !== 15) return null;
  // 74 random bits need no stretching; the name keeps two accounts' rows from being compared.
  return createHash('sha256').update(`${username}:${plain}`).digest('hex');
}
