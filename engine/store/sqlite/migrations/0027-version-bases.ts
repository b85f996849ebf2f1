/** What was processed of a resource before, and which version our own writes lie upon. */
export const versionBases = `
ALTER TABLE taken_version ADD COLUMN before_version TEXT;
ALTER TABLE written_version ADD COLUMN base_version TEXT;
ALTER TABLE written_version ADD COLUMN base_at INTEGER;
`;
