/**
 * The gate knows the item that a fact came with (one that dies must not swallow later copies), the stage of the fact, and
 * why it said what it said. `event_time` holds the time stated in MSH-7 from here on.
 */
export const gateReasons = `
ALTER TABLE gate_fact ADD COLUMN work_id TEXT;
ALTER TABLE gate_fact ADD COLUMN stage INTEGER;
ALTER TABLE gate_fact ADD COLUMN because TEXT;
`;
