/**
 * What operators set, and what retention needs. `work.waits_for` is the endpoint that a retry waits for. An answer outlives
 * its body, since a resend is answered with it. Search keys of a message are found by its number, and go with it.
 */
export const operations = `
CREATE TABLE operator_switch (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER
) STRICT;

ALTER TABLE work ADD COLUMN waits_for TEXT;
CREATE INDEX work_waits_for ON work (waits_for, seq) WHERE waits_for IS NOT NULL AND not_before IS NOT NULL;

CREATE TABLE kept_answer (seq INTEGER PRIMARY KEY, answer BLOB NOT NULL) STRICT;
CREATE TABLE purge_cursor (what TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX search_key_seq ON search_key (seq);
CREATE INDEX gate_fact_message ON gate_fact (message_id);
`;
