/** The part of the policy (flows/_policy/policy.json) that checks ask for; approvals are not their matter. */

export interface CheckPolicy {
  /** Node types that no definition may use. */
  readonly forbiddenNodes: readonly string[];
  /** Node types that run code -> the role that must approve them. */
  readonly codeNodes: Readonly<Record<string, string>>;
}

export const DEFAULT_CHECK_POLICY: CheckPolicy = {
  forbiddenNodes: ['exec', 'file', 'file in', 'watch'],
  codeNodes: { function: 'engineer' },
};
