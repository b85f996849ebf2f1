/**
 * Fallbacks of definitions, and what was held for a person. `work.held` keeps everything but the decision about it from moving a
 * parked item: it may be a child item that something else would wake.
 */
export const fallbacks = `
CREATE TABLE fallback (
  definition TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE review (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  work_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  definition TEXT NOT NULL,
  task_id TEXT,
  open INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX review_work ON review (work_id, seq);
CREATE INDEX review_message ON review (message_id);
CREATE INDEX review_task ON review (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX review_open ON review (open, seq) WHERE open = 1;
ALTER TABLE work ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
`;
