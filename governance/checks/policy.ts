/** The part of the policy (flows/_policy/policy.json) that checks ask for; approvals are not their matter. */
import { isRecord } from './subject.ts';

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

/** From the policy's parsed file; what it does not say stays as the default has it. */
export function checkPolicyOf(policy: unknown): CheckPolicy {
  if (!isRecord(policy)) return DEFAULT_CHECK_POLICY;
  const { forbiddenNodes, codeNodes } = policy;
  return {
    forbiddenNodes: Array.isArray(forbiddenNodes)
      ? forbiddenNodes.filter((type): type is string => typeof type === 'string')
      : DEFAULT_CHECK_POLICY.forbiddenNodes,
    codeNodes: isRecord(codeNodes)
      ? Object.fromEntries(Object.entries(codeNodes).map(([type, role]) => [type, String(role)]))
      : DEFAULT_CHECK_POLICY.codeNodes,
  };
}
