/** What an alert held back is found by its group, in a storm too. */
export const heldBackGroups = `
ALTER TABLE alert_held ADD COLUMN grp TEXT GENERATED ALWAYS AS (json_extract(record, '$.group')) VIRTUAL;
CREATE INDEX alert_held_group ON alert_held (grp, at);
`;
