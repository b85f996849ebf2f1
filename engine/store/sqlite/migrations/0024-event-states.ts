/** States that messages are compared with, and what was known before each. `before.states` is packed (packed.ts). */
export const eventStates = `
CREATE TABLE event_state (
  key TEXT PRIMARY KEY,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX event_state_message ON event_state (message_id);
CREATE TABLE event_before (
  message_id TEXT PRIMARY KEY,
  states BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`;
