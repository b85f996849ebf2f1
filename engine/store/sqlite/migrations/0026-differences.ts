/** What was found of our writes on FHIR servers. What lists look for stands beside the record. */
export const differences = `
CREATE TABLE difference (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  definition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX difference_state ON difference (state, since, seq);
CREATE INDEX difference_message ON difference (message_id);
`;
