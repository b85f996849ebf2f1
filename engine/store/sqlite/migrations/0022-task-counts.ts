/** What is counted of tasks with every look at the worklist, apart from their records: a year of them is not read for it. */
export const taskCounts = `
CREATE INDEX task_counts ON task (state, open, due_rank, definition, person, role, unit);
`;
