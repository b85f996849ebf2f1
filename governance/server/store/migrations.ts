import type { DatabaseSync } from 'node:sqlite';
import { nameWhatAdministratorsDid } from './name-what-administrators-did.ts';
import { rechain } from './rechain.ts';

/** The console's schema, version by version. Only append: a release that is out has run the ones above. */
export const MIGRATIONS: readonly (string | ((database: DatabaseSync) => void))[] = [
  `CREATE TABLE accounts (
     username TEXT PRIMARY KEY,
     display_name TEXT NOT NULL,
     roles TEXT NOT NULL,
     password TEXT NOT NULL,
     initial_password INTEGER NOT NULL,
     disabled INTEGER NOT NULL DEFAULT 0,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     token_hash TEXT NOT NULL UNIQUE,
     username TEXT NOT NULL REFERENCES accounts(username),
     created_at INTEGER NOT NULL,
     last_seen_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX sessions_by_account ON sessions(username);
   CREATE TABLE login_failures (
     name_hash TEXT PRIMARY KEY,
     failures INTEGER NOT NULL,
     locked_until INTEGER NOT NULL,
     last_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE audit (
     seq INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     type TEXT NOT NULL,
     actor TEXT NOT NULL,
     details TEXT NOT NULL,
     previous TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;`,
  rechain,
  `ALTER TABLE accounts ADD COLUMN one_time_until INTEGER;
   ALTER TABLE accounts ADD COLUMN origin TEXT NOT NULL DEFAULT 'people';
   ALTER TABLE accounts ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
   ALTER TABLE accounts ADD COLUMN last_login_at INTEGER;
   ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
   ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
   CREATE TABLE known_devices (
     token_hash TEXT PRIMARY KEY,
     username TEXT NOT NULL REFERENCES accounts(username),
     last_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX known_devices_by_account ON known_devices(username);
   CREATE TABLE service_accounts (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     scopes TEXT NOT NULL,
     token_hash TEXT NOT NULL UNIQUE,
     created_by TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     last_used_at INTEGER,
     revoked_at INTEGER
   ) STRICT;
   CREATE UNIQUE INDEX service_accounts_living ON service_accounts(name) WHERE revoked_at IS NULL;`,
  nameWhatAdministratorsDid,
  `ALTER TABLE accounts ADD COLUMN limits TEXT NOT NULL DEFAULT '{}';`,
  `CREATE TABLE second_factors (
     username TEXT PRIMARY KEY REFERENCES accounts(username),
     sealed TEXT NOT NULL,
     last_step INTEGER NOT NULL,
     since INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE recovery_codes (
     username TEXT NOT NULL REFERENCES accounts(username),
     code_hash TEXT NOT NULL,
     PRIMARY KEY (username, code_hash)
   ) STRICT;`,
  `ALTER TABLE audit ADD COLUMN message_id TEXT;
   ALTER TABLE audit ADD COLUMN definition TEXT;
   ALTER TABLE audit ADD COLUMN version TEXT;
   ALTER TABLE audit ADD COLUMN reason TEXT;`,
];
