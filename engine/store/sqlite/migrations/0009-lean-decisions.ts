/**
 * Decisions are kept as rows with terms from here on (decisions.ts). What was written before is read as it is; a version
 * that could not read what comes now does not open the database.
 */
export const leanDecisions = `-- no change to a table`;
