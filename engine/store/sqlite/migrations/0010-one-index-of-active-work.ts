/**
 * What is in flight is found by its state: few items are, so that their leases need no index of their own, which each claim
 * and each settling would have to write.
 */
export const oneIndexOfActiveWork = `
DROP INDEX work_lease;
DROP INDEX work_active;
CREATE INDEX work_active ON work (state, subscription, seq) WHERE state IN (0, 1);
`;
