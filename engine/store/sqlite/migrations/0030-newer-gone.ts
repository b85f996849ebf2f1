/** How many newer ones of its key an item that rests had behind it, done, when retention took them: they overtook it all the same. */
export const newerGone = `
ALTER TABLE work ADD COLUMN newer_gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX work_resting_key ON work (ordering_key, seq) WHERE state IN (2, 4);
`;
