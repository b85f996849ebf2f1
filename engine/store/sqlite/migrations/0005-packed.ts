/**
 * Room on the disk: bodies, traces and decisions are kept packed (packed.ts), and all decisions of an item that were made
 * in one turn are one row. `body.packed` = 1: `bytes` is packed; the answer never is.
 */
export const packed = `
ALTER TABLE body ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN trail BLOB;

CREATE TABLE decision_set (
  message_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  packed BLOB NOT NULL,
  PRIMARY KEY (message_id, n)
) STRICT, WITHOUT ROWID;
`;
