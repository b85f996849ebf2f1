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
  `CREATE TABLE proposals (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     environment TEXT NOT NULL,
     title TEXT NOT NULL,
     summary TEXT NOT NULL,
     author TEXT NOT NULL,
     state TEXT NOT NULL,
     outdated TEXT,
     revision INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     chosen TEXT NOT NULL,
     follows INTEGER
   ) STRICT;
   CREATE INDEX proposals_by_state ON proposals(state);
   CREATE TABLE proposal_revisions (
     number INTEGER NOT NULL REFERENCES proposals(number),
     revision INTEGER NOT NULL,
     at INTEGER NOT NULL,
     bundle TEXT NOT NULL,
     base TEXT,
     policy TEXT,
     risk TEXT NOT NULL,
     headline TEXT NOT NULL,
     names TEXT NOT NULL,
     content TEXT NOT NULL,
     PRIMARY KEY (number, revision)
   ) STRICT;
   CREATE INDEX proposal_revisions_by_bundle ON proposal_revisions(bundle);
   CREATE TABLE proposal_signatures (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     number INTEGER NOT NULL REFERENCES proposals(number),
     revision INTEGER NOT NULL,
     kind TEXT NOT NULL,
     person TEXT NOT NULL,
     role TEXT,
     key_id TEXT NOT NULL,
     hash TEXT NOT NULL UNIQUE,
     at INTEGER NOT NULL,
     envelope TEXT NOT NULL
   ) STRICT;
   CREATE INDEX proposal_signatures_by_revision ON proposal_signatures(number, revision);
   CREATE TABLE proposal_comments (
     id TEXT PRIMARY KEY,
     number INTEGER NOT NULL REFERENCES proposals(number),
     revision INTEGER NOT NULL,
     author TEXT NOT NULL,
     at INTEGER NOT NULL,
     text TEXT NOT NULL,
     place TEXT,
     resolved_by TEXT,
     resolved_at INTEGER
   ) STRICT;
   CREATE INDEX proposal_comments_by_proposal ON proposal_comments(number);
   CREATE TABLE proposal_events (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     number INTEGER NOT NULL REFERENCES proposals(number),
     at INTEGER NOT NULL,
     actor TEXT NOT NULL,
     kind TEXT NOT NULL,
     text TEXT NOT NULL
   ) STRICT;
   CREATE INDEX proposal_events_by_proposal ON proposal_events(number);
   CREATE TABLE proposal_runs (
     number INTEGER NOT NULL REFERENCES proposals(number),
     revision INTEGER NOT NULL,
     kind TEXT NOT NULL,
     state TEXT NOT NULL,
     queued_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     failed INTEGER NOT NULL DEFAULT 0,
     total INTEGER NOT NULL DEFAULT 0,
     hash TEXT,
     trouble TEXT,
     result TEXT,
     PRIMARY KEY (number, revision, kind)
   ) STRICT;
   CREATE TABLE scenario_outcomes (
     definition TEXT NOT NULL,
     version TEXT NOT NULL,
     hash TEXT NOT NULL,
     result TEXT NOT NULL,
     PRIMARY KEY (definition, version)
   ) STRICT;
   CREATE TABLE signing_keys (
     id TEXT PRIMARY KEY,
     username TEXT NOT NULL REFERENCES accounts(username),
     file TEXT NOT NULL,
     created_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX signing_keys_by_account ON signing_keys(username);`,
  `CREATE TABLE trust_changes (
     id TEXT PRIMARY KEY,
     environment TEXT NOT NULL,
     envelope TEXT NOT NULL,
     proposer TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     ended_at INTEGER
   ) STRICT;
   CREATE INDEX trust_changes_open ON trust_changes(environment) WHERE state = 'open';`,
  `CREATE TABLE taken_over (
     definition TEXT NOT NULL,
     version TEXT NOT NULL,
     person TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (definition, version)
   ) STRICT;`,
  // Two people may sign the same words at the same moment.
  `CREATE TABLE proposal_signatures_by_key (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     number INTEGER NOT NULL REFERENCES proposals(number),
     revision INTEGER NOT NULL,
     kind TEXT NOT NULL,
     person TEXT NOT NULL,
     role TEXT,
     key_id TEXT NOT NULL,
     hash TEXT NOT NULL,
     at INTEGER NOT NULL,
     envelope TEXT NOT NULL,
     UNIQUE (hash, key_id)
   ) STRICT;
   INSERT INTO proposal_signatures_by_key SELECT * FROM proposal_signatures;
   DROP TABLE proposal_signatures;
   ALTER TABLE proposal_signatures_by_key RENAME TO proposal_signatures;
   CREATE INDEX proposal_signatures_by_revision ON proposal_signatures(number, revision);`,
];
