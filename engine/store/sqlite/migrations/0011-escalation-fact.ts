/** Escalations of a fact are found by it: earlier ones may have been purged, so that they cannot be counted through. */
export const escalationFact = `
CREATE INDEX escalation_fact ON escalation (json_extract(record, '$.fact.id'), started_at);
`;
