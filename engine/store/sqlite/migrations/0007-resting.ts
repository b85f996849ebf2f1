/**
 * What is worked on and what rests (parked, dead) have indexes of their own: dead letters and parked items pile up over months,
 * and whoever looks for the oldest that waits must not walk past all of them. The second changes only when something parks or dies.
 */
export const resting = `
DROP INDEX work_open;
CREATE INDEX work_active ON work (subscription, seq) WHERE state IN (0, 1);
CREATE INDEX work_resting ON work (subscription, state, seq) WHERE state IN (2, 4);
`;
