/**
 * What an effect is about to send, while it may have to be sent again; by the number of its effect. Beside the effect's row,
 * which is written several times and stays small.
 */
export const effectRequests = `
ALTER TABLE effect ADD COLUMN request INTEGER NOT NULL DEFAULT 0;
CREATE TABLE effect_request (
  seq INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL,
  bytes BLOB NOT NULL,
  packed INTEGER NOT NULL
) STRICT;
CREATE INDEX effect_request_message ON effect_request (message_id);
`;
