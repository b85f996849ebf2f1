/** Escalations of a task are found by it, and the tasks for which one waits are walked through. */
export const escalationTask = `
CREATE INDEX escalation_task ON escalation (json_extract(record, '$.task')) WHERE json_extract(record, '$.task') IS NOT NULL;
CREATE INDEX escalation_task_open ON escalation (json_extract(record, '$.task'))
  WHERE json_extract(record, '$.task') IS NOT NULL AND state IN ('open', 'exhausted');
`;
