/** What reports look for: open tasks by age, and what ended when. */
export const spans = `
CREATE INDEX task_open_seq ON task (seq) WHERE open = 1;
CREATE INDEX task_ended ON task (json_extract(record, '$.endedAt'), seq, json_extract(record, '$.createdAt')) WHERE open = 0;
CREATE INDEX task_overridden ON task_event (task_seq, json_extract(record, '$.at'))
  WHERE json_extract(record, '$.kind') = 'overridden';
CREATE INDEX alert_ended ON alert (json_extract(record, '$.ended.at')) WHERE json_extract(record, '$.ended.at') IS NOT NULL;
CREATE INDEX escalation_ended ON escalation (ended_at) WHERE ended_at IS NOT NULL;
`;
