/** Codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 s, which is what all such apps take. */
import { generateSecret, generateURI, verifySync } from 'otplib';

const STEP_S = 30;
const CODE = /^\d{6}$/;

/** 160 random bits, base32 (RFC 4226, section 4, R6). */
export const newSecret = (): string => generateSecret({ length: 20 });

/** What the picture holds that the app reads. */
export const enrolmentUri = (username: string, secret: string): string =>
  generateURI({ issuer: 'Wardflow', label: username, secret, period: STEP_S });

/**
 * The step that a code belongs to: now, the one before or the one after (RFC 6238, section 5.2: clocks differ and people are
 * slow), and later than the last one that was used. `null`: the code is not right, or was used.
 *
 * @param after the last step used; -1: none yet
 */
export function stepOfCode(secret: string, code: string, nowMs: number, after: number): number | null {
  if (!CODE.test(code)) return null;
  const epoch = Math.floor(nowMs / 1000);
  // A clock that was set back lies before what was used: nothing can be right until it is there again.
  if (Math.floor((epoch + STEP_S) / STEP_S) < after) return null;
  const used = after < 0 ? {} : { afterTimeStep: after };
  const result = verifySync({ secret, token: code, epoch, epochTolerance: STEP_S, period: STEP_S, ...used });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
