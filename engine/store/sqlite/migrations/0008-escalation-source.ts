/** Alarms of dead letters are found among all escalations by their source. */
export const escalationSource = `
CREATE INDEX escalation_source ON escalation (json_extract(record, '$.subscription'), started_at);
`;
