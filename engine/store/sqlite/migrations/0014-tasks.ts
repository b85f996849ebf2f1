/** Workflow tasks with their timelines. What lists and sweeps look for stands beside the record. */
export const tasks = `
CREATE TABLE task (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  definition TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,
  role TEXT,
  unit TEXT,
  person TEXT,
  urgency INTEGER NOT NULL,
  due_rank INTEGER NOT NULL,
  sync_at INTEGER,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX task_open ON task (due_rank, urgency, seq) WHERE open = 1;
CREATE INDEX task_person ON task (person, due_rank) WHERE open = 1 AND person IS NOT NULL;
CREATE INDEX task_role ON task (role, unit, due_rank) WHERE open = 1 AND person IS NULL;
CREATE INDEX task_state ON task (state, seq);
CREATE INDEX task_message ON task (message_id);
CREATE INDEX task_sync ON task (sync_at) WHERE sync_at IS NOT NULL;
CREATE TABLE task_event (
  task_seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (task_seq, n)
) STRICT, WITHOUT ROWID;
`;
