/** policy.json: who must approve what. */
import { describeProblems, durationMs, schemaCheck } from '../../engine/index.ts';
import { sha256, type Bytes } from './bytes.ts';
import { canonicalBytes } from './canonical.ts';
import { bundleErrors } from './errors.ts';
import { object } from './schema-parts.ts';
import { readJson } from './strict-json.ts';

export interface RoleCount {
  readonly role: string;
  readonly count: number;
}

/** Ascending. */
export const RISKS = ['low', 'moderate', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];
/** `trust`: a change of the trust store, that is of keys or of the policy itself. */
export type Judged = Risk | 'trust';

export interface Policy {
  readonly kind: 'policy';
  readonly format: 1;
  /** What has no entry needs what `high` needs. */
  readonly approvals: Readonly<Partial<Record<Judged, readonly RoleCount[]>>> & { readonly high: readonly RoleCount[] };
  readonly forbiddenNodes: readonly string[];
  /** Node type -> role that must have approved a bundle with it. */
  readonly codeNodes: Readonly<Record<string, string>>;
  /** ISO 8601 duration. */
  readonly approvalValidFor: string;
  readonly orders: { readonly roles: readonly string[]; readonly validFor: string };
  readonly breakGlass: { readonly roles: readonly string[]; readonly maxDuration: string };
}

export interface HashedPolicy {
  readonly policy: Policy;
  /** Over its canonical form: spaces and the order of keys are no new policy. */
  readonly hash: string;
}

const ROLE = { type: 'string', pattern: '^[a-z][a-z-]{0,62}$', description: 'a role' };
const ROLES = { type: 'array', minItems: 1, maxItems: 20, uniqueItems: true, items: ROLE };
const DURATION = { type: 'string', pattern: '^P[0-9WDTHMS]{2,20}$', description: 'a duration such as P30D' };
const NODE_TYPE = { type: 'string', minLength: 1, maxLength: 100 };
const SEATS = {
  type: 'array',
  minItems: 1,
  maxItems: 20,
  items: object({ role: ROLE, count: { type: 'integer', minimum: 1, maximum: 10 } }),
};

const check = schemaCheck<Policy>(
  object({
    kind: { const: 'policy' },
    format: { const: 1 },
    approvals: {
      type: 'object',
      additionalProperties: false,
      required: ['high'],
      properties: { low: SEATS, moderate: SEATS, high: SEATS, critical: SEATS, trust: SEATS },
    },
    forbiddenNodes: { type: 'array', maxItems: 500, uniqueItems: true, items: NODE_TYPE },
    codeNodes: { type: 'object', maxProperties: 500, propertyNames: NODE_TYPE, additionalProperties: ROLE },
    approvalValidFor: DURATION,
    orders: object({ roles: ROLES, validFor: DURATION }),
    breakGlass: object({ roles: ROLES, maxDuration: DURATION }),
  }),
);

/** @throws WardflowError `policy-invalid`, or what `readJson` throws */
export async function readPolicy(input: Bytes | string): Promise<HashedPolicy> {
  return checkPolicy(readJson(input, 'policy.json'));
}

/** @throws WardflowError `policy-invalid` */
export async function checkPolicy(json: unknown): Promise<HashedPolicy> {
  if (!check.accepts(json))
    throw bundleErrors.create('policy-invalid', { problems: describeProblems(check.problems(json)) });
  const times = {
    approvalValidFor: json.approvalValidFor,
    'orders.validFor': json.orders.validFor,
    'breakGlass.maxDuration': json.breakGlass.maxDuration,
  };
  for (const [place, text] of Object.entries(times))
    if (!(Number(durationMs(text)) > 0))
      throw bundleErrors.create('policy-invalid', { problems: `${place} is no duration of fixed length` });
  return { policy: json, hash: await sha256(canonicalBytes(json, 'policy.json')) };
}

/** What a risk and the code nodes used need together: of each role the most that one of them asks for. */
export function seatsNeeded(
  policy: Policy,
  judged: Judged,
  nodeTypes: ReadonlySet<string> = new Set(),
): readonly RoleCount[] {
  const counts = new Map<string, number>();
  for (const { role, count } of policy.approvals[judged] ?? policy.approvals.high)
    counts.set(role, (counts.get(role) ?? 0) + count);
  for (const [type, role] of Object.entries(policy.codeNodes))
    if (nodeTypes.has(type)) counts.set(role, Math.max(counts.get(role) ?? 0, 1));
  return [...counts].map(([role, count]) => ({ role, count })).toSorted((a, b) => (a.role < b.role ? -1 : 1));
}
