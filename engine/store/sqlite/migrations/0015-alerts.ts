/** Alerts with the messages that they stand for, and what was held back. */
export const alerts = `
CREATE TABLE alert (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  grp TEXT NOT NULL,
  version INTEGER NOT NULL,
  policy TEXT NOT NULL,
  definition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX alert_group ON alert (grp, seq);
CREATE INDEX alert_state ON alert (state, started_at);
CREATE INDEX alert_started ON alert (started_at);
CREATE INDEX alert_message ON alert (message_id);
CREATE TABLE alert_counted (
  message_id TEXT NOT NULL,
  alert_seq INTEGER NOT NULL,
  PRIMARY KEY (message_id, alert_seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_held (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  policy TEXT NOT NULL,
  definition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX alert_held_at ON alert_held (at);
CREATE INDEX alert_held_message ON alert_held (message_id);
`;
