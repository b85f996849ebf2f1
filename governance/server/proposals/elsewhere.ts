import { covers, isNowhere, scopeFor } from '../../api/permissions.ts';
import { consoleErrors } from '../../errors.ts';
import type { Account } from '../store/accounts.ts';
import type { ChangedDefinition } from '../store/proposals.ts';

/** Who answers for some definitions only proposes these. @throws `permission-missing`, `permission-elsewhere` */
export function refuseElsewhere({ roles, limits }: Account, changed: readonly ChangedDefinition[]): void {
  const permission = 'proposal:create';
  const scope = scopeFor(roles, limits, permission);
  const all = changed.every(({ name, serviceLine }) =>
    covers(scope, { definition: name, ...(serviceLine === undefined ? {} : { serviceLine }) }),
  );
  if (!all)
    throw consoleErrors.create(isNowhere(scope) ? 'permission-missing' : 'permission-elsewhere', { permission });
}
