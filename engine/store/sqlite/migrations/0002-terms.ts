/**
 * Texts that every attempt repeats (nodes of its steps, definition version) are kept once and named by number: a trace
 * of five steps takes a quarter of the room, and there is one for every message.
 */
export const terms = `
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
ALTER TABLE attempt ADD COLUMN version_term INTEGER REFERENCES term (id);
`;
