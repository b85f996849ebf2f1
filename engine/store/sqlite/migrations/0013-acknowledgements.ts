/** Application acknowledgements that senders are owed, by the message's number. Nothing is written here in original mode. */
export const acknowledgements = `
CREATE TABLE acknowledgement (
  seq INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  feed TEXT NOT NULL,
  state INTEGER NOT NULL,
  condition TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  lapse_at INTEGER NOT NULL,
  endpoint TEXT,
  code TEXT,
  bytes BLOB,
  made_at INTEGER,
  made_by TEXT,
  definition TEXT,
  delivered_at INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  failure_code TEXT
) STRICT;
CREATE INDEX acknowledgement_open ON acknowledgement (state, feed, due_at) WHERE state IN (0, 1);
CREATE INDEX acknowledgement_next ON acknowledgement (next_at) WHERE next_at IS NOT NULL;
`;
