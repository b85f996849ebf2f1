/**
 * The first schema. What never changes (message, body) is apart from what does (message_state), so that a change of
 * state rewrites tens of bytes and never a body. Partial indexes keep claims independent of history.
 *
 * `work.ready` = waiting, due, and head of its ordering key: a claim reads one index range and nothing else.
 * `work.blocks` = it holds its key (waiting, claimed, or dead with after_dead = hold).
 * `work.open` = waiting, claimed, parked or dead.
 * `work.claim_lane` = its lane, or a more urgent one that waits behind it on its key.
 */
export const first = `
CREATE TABLE message (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  connection TEXT NOT NULL,
  control_id TEXT,
  sender TEXT,
  message_time TEXT,
  patient_hint TEXT,
  correlation_id TEXT NOT NULL,
  traceparent TEXT NOT NULL,
  body_key INTEGER NOT NULL,
  body_hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  resend_of INTEGER,
  answer_code TEXT NOT NULL
) STRICT;
CREATE INDEX message_control ON message (control_id COLLATE NOCASE, body_key) WHERE control_id IS NOT NULL;
CREATE INDEX message_resend ON message (resend_of) WHERE resend_of IS NOT NULL;

CREATE TABLE body (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL, answer BLOB NOT NULL) STRICT;

CREATE TABLE message_state (
  seq INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  since INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  feed TEXT NOT NULL,
  type TEXT,
  items INTEGER NOT NULL,
  retry_at INTEGER,
  answered_at INTEGER,
  recovered INTEGER NOT NULL DEFAULT 0,
  reason_code TEXT,
  reason_text TEXT
) STRICT;
CREATE INDEX message_state_open ON message_state (state, seq) WHERE state <> 4;
CREATE INDEX message_state_reason ON message_state (reason_code, seq) WHERE reason_code IS NOT NULL;

CREATE TABLE search_key (
  kind INTEGER NOT NULL, value TEXT NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (kind, value, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (name TEXT PRIMARY KEY, last_received_at INTEGER NOT NULL, total INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
  kind TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (kind, name, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE work (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  message_seq INTEGER NOT NULL REFERENCES message (seq),
  subscription TEXT NOT NULL,
  definition TEXT NOT NULL,
  lane INTEGER NOT NULL,
  claim_lane INTEGER NOT NULL,
  ordering_key TEXT,
  holds INTEGER NOT NULL,
  state INTEGER NOT NULL,
  ready INTEGER NOT NULL,
  blocks INTEGER NOT NULL,
  open INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  counted INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  claimed_at INTEGER,
  first_delivered_at INTEGER,
  settled_at INTEGER,
  not_before INTEGER,
  lease_until INTEGER,
  owner TEXT,
  pinned TEXT,
  failure TEXT,
  discard_reason TEXT,
  correlation_id TEXT,
  traceparent TEXT,
  parent_id TEXT,
  child_key TEXT,
  child_kind TEXT,
  child_data TEXT
) STRICT;
CREATE INDEX work_ready ON work (subscription, claim_lane, seq) WHERE ready = 1;
CREATE INDEX work_key ON work (ordering_key, seq) WHERE blocks = 1;
CREATE INDEX work_open ON work (subscription, seq) WHERE open = 1;
CREATE INDEX work_delayed ON work (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX work_lease ON work (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX work_message ON work (message_seq);
CREATE UNIQUE INDEX work_child ON work (child_key) WHERE child_key IS NOT NULL;

-- id = work.seq * 65536 + attempt: appended in order, found by range, no second index.
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  version TEXT,
  outcome TEXT NOT NULL,
  failure TEXT,
  steps TEXT
) STRICT;

CREATE TABLE effect (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL,
  work_id TEXT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  target TEXT NOT NULL,
  discriminator TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  tries INTEGER NOT NULL,
  result TEXT,
  summary TEXT,
  failure TEXT
) STRICT;
CREATE INDEX effect_message ON effect (message_id);

CREATE TABLE decision (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX decision_message ON decision (message_id);

-- One row per fact seen and per message that brought it, so that a redelivery gets its first verdict again.
CREATE TABLE gate_fact (
  seq INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  message_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  event_time INTEGER,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  first_message_id TEXT,
  first_at INTEGER
) STRICT;
CREATE UNIQUE INDEX gate_fact_key ON gate_fact (scope, key, message_id, content_hash);

CREATE TABLE escalation (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  next_step INTEGER NOT NULL,
  next_at INTEGER,
  ended_at INTEGER,
  ended_by TEXT,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX escalation_due ON escalation (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX escalation_message ON escalation (message_id);
CREATE INDEX escalation_state ON escalation (state, started_at);
CREATE INDEX escalation_started ON escalation (started_at);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  message_id TEXT,
  work_id TEXT,
  definition TEXT,
  version TEXT,
  details TEXT NOT NULL,
  reason TEXT,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_message ON audit (message_id, seq) WHERE message_id IS NOT NULL;
CREATE INDEX audit_type ON audit (type, seq);
CREATE INDEX audit_actor ON audit (actor, seq);

CREATE TABLE definition_version (
  version TEXT PRIMARY KEY, name TEXT NOT NULL, files TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
