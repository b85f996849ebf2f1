/** What people say is wrong. What lists look for stands beside the record. */
export const problems = `
CREATE TABLE problem (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  definition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX problem_at ON problem (at, seq);
CREATE INDEX problem_state ON problem (state, at);
CREATE INDEX problem_message ON problem (message_id);
CREATE INDEX problem_by ON problem (by_whom, at);
`;
