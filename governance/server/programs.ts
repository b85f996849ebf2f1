import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../engine/index.ts';
import type { NewServiceAccount, ServiceAccountView, ServiceToken } from '../api/people-contract.ts';
import { scopeFor, type ServiceScope } from '../api/permissions.ts';
import { consoleErrors } from '../errors.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Account } from './store/accounts.ts';
import { inTransaction } from './store/database.ts';
import type { ServiceAccount, ServiceAccounts } from './store/service-accounts.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Service accounts: tokens with a few permissions and an end, for programs of the site. */
export interface Programs {
  list(): readonly ServiceAccountView[];
  /**
   * Nobody gives a program what they may not do themselves: an administrator could otherwise act through it.
   * @throws `service-scope-refused`, `service-account-taken`
   */
  create(by: Account, wish: NewServiceAccount): ServiceToken;
  /** @throws `not-found` */
  revoke(by: string, id: string): void;
}

export function createPrograms(
  database: DatabaseSync,
  services: ServiceAccounts,
  audit: AuditTrail,
  clock: Clock,
): Programs {
  const view = ({ revokedAt, ...account }: ServiceAccount): ServiceAccountView => ({
    ...account,
    state: revokedAt !== null ? 'revoked' : account.expiresAt <= clock.now() ? 'expired' : 'active',
  });
  return {
    list: () => services.list().map(view),
    create(by, { name, scopes, days }) {
      const everywhere = (scope: ServiceScope): boolean => scopeFor(by.roles, by.limits, scope) === 'all';
      if (!scopes.every(everywhere)) throw consoleErrors.create('service-scope-refused');
      const actor = `user:${by.username}`;
      const expiresAt = clock.now() + days * DAY_MS;
      return inTransaction(database, () => {
        const before = services.named(name);
        if (before && before.expiresAt > clock.now()) throw consoleErrors.create('service-account-taken');
        // Expired long ago: its name is free again.
        if (before) services.revoke(before.id);
        const { account, token } = services.create({ name, scopes, createdBy: by.username, expiresAt });
        audit.append('program.created', actor, {
          account: name,
          scopes: scopes.join(', '),
          until: new Date(expiresAt).toISOString().slice(0, 10),
        });
        return { account: view(account), token };
      });
    },
    revoke(by, id) {
      const account = services.get(id);
      if (!account || account.revokedAt !== null) throw consoleErrors.create('not-found');
      inTransaction(database, () => {
        services.revoke(id);
        audit.append('program.revoked', by, { account: account.name });
      });
    },
  };
}
