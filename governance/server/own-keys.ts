/** People's own signing keys at the console: as wrapped files only, which open with a passphrase that never comes here. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../engine/index.ts';
import type { OwnKey } from '../api/release-contract.ts';
import type { KeyFile } from '../bundle/index.ts';
import { consoleErrors } from '../errors.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Environments } from './proposals/environments.ts';
import { proposalErrors } from './proposals/errors.ts';
import { inTransaction } from './store/database.ts';
import type { KeptKey, SigningKeys } from './store/signing-keys.ts';

export interface OwnKeyParts {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly keys: SigningKeys;
  readonly environments: Environments;
  /** Ids of keys that a proposed change of an environment's trust store adds. */
  readonly asked: (environment: string) => Promise<ReadonlySet<string>>;
}

export interface OwnSigningKeys {
  list(username: string): Promise<readonly OwnKey[]>;
  /** @param file checked by `readKeyFile` @throws `key-person-differs`, `key-known`, `keys-too-many` */
  add(username: string, file: KeyFile): Promise<OwnKey>;
  /** Only the console forgets it: what trusts it goes on trusting it. @throws `not-found` */
  forget(username: string, id: string): void;
}

const MOST_KEYS = 10;

export function ownKeysOf({ database, clock, audit, keys, environments, asked }: OwnKeyParts): OwnSigningKeys {
  const trustedIn = async (environment: string, id: string): Promise<OwnKey['trusted'][string]> => {
    const { trust } = await environments.read(environment);
    const key = trust?.keys.find((one) => one.id === id);
    if (key) return key.revoked ? 'revoked' : 'yes';
    return (await asked(environment)).has(id) ? 'asked' : 'no';
  };
  const shown = async ({ file, createdAt }: KeptKey): Promise<OwnKey> => ({
    file,
    createdAt,
    trusted: Object.fromEntries(
      await Promise.all(
        environments.names.map(async (name) => {
          // Whatever is wrong there is said where it is looked at; the keys are theirs all the same.
          const trusted = await trustedIn(name, file.id).catch(() => 'no' as const);
          return [name, trusted] as const;
        }),
      ),
    ),
  });
  return {
    list: (username) => Promise.all(keys.ofPerson(username).map(shown)),
    async add(username, file) {
      if (file.person !== username) throw proposalErrors.create('key-person-differs', { person: file.person });
      const kept: KeptKey = { file, createdAt: clock.now() };
      inTransaction(database, () => {
        if (keys.has(file.id)) throw proposalErrors.create('key-known');
        if (keys.ofPerson(username).length >= MOST_KEYS)
          throw proposalErrors.create('keys-too-many', { limit: MOST_KEYS });
        keys.add(username, kept);
        audit.append('key.added', `user:${username}`, { account: username, key: file.id });
      });
      return shown(kept);
    },
    forget(username, id) {
      inTransaction(database, () => {
        if (!keys.forget(username, id)) throw consoleErrors.create('not-found');
        audit.append('key.forgotten', `user:${username}`, { account: username, key: id });
      });
    },
  };
}
