import { ROLES } from '../../api/permissions.ts';
import { consoleErrors } from '../../errors.ts';
import type { DemandedOf } from './second-factors.ts';

/**
 * What `WARDFLOW_TOTP_ROLES` says; unset: nobody, and everybody where the console is reached from other machines.
 *
 * @throws `role-unknown`
 */
export function demandedOf(words: readonly string[] | null, reachedFromElsewhere: boolean): DemandedOf {
  if (words === null) return reachedFromElsewhere ? 'all' : [];
  if (words.length === 1 && words[0] === 'all') return 'all';
  if (words.length === 1 && words[0] === 'none') return [];
  return words.map((word) => {
    const role = ROLES.find((one) => one === word);
    if (!role) throw consoleErrors.create('role-unknown', { role: word, roles: ROLES.join(', ') });
    return role;
  });
}
