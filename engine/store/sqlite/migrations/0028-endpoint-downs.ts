/** Since when endpoints are down, so that a restart is no recovery. */
export const endpointDowns = `
CREATE TABLE endpoint_down (
  endpoint TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
