/** Who is who: keys of patients and what joins them, questions to people, and what was found of each message. */
export const identities = `
CREATE TABLE identity_key (
  key TEXT PRIMARY KEY,
  message_id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_key_message ON identity_key (message_id);
CREATE TABLE identity_group (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE identity_alike (mark TEXT PRIMARY KEY, keys TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE identity_link (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  message_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_link_recorded ON identity_link (recorded_at) WHERE kind <> 'stated';
CREATE TABLE identity_question (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  message_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_question_state ON identity_question (state, since);
CREATE INDEX identity_question_message ON identity_question (message_id);
CREATE TABLE identity_finding (message_id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX task_patient ON task (json_extract(record, '$.patient'), seq) WHERE json_extract(record, '$.patient') IS NOT NULL;
`;
