/**
 * Messages other than HL7 (`format`: see states.ts), and what tells a resend of them where the body cannot (`same_as`, a hash;
 * `body_key` is taken from it then).
 */
export const messageFormat = `
ALTER TABLE message ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN same_as TEXT;
`;
