/** Types of messages whose merges count whether or not a flow subscribes to them; a filter of a subscription as well. */
export const MERGE_TYPES: readonly string[] = ['A18', 'A30', 'A34', 'A36', 'A39', 'A40', 'A46', 'A47'].map(
  (trigger) => `ADT^${trigger}`,
);
