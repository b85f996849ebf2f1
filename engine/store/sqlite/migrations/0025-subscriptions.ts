/** Subscriptions to FHIR servers; which version of a resource was processed; which versions are our own writes. */
export const subscriptions = `
CREATE TABLE subscription (
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE taken_version (
  feed TEXT NOT NULL, reference TEXT NOT NULL, version_id TEXT NOT NULL, last_updated INTEGER, work_id TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (feed, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX taken_version_at ON taken_version (at);
CREATE TABLE written_version (
  endpoint TEXT NOT NULL, reference TEXT NOT NULL, version_id TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (endpoint, reference, version_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX written_version_at ON written_version (at);
`;
