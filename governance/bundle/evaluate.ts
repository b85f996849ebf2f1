/** Whether what people signed is enough under a policy, and if not, what is missing. No exemption for anybody. */
import { durationMs, type WardflowError } from '../../engine/index.ts';
import { bundleErrors } from './errors.ts';
import { seatsNeeded, type HashedPolicy, type Judged } from './policy.ts';
import type { Signed } from './read-statement.ts';
import { missingInWords, seat, type Seating } from './seats.ts';
import type { ApprovalStatement, AuthorStatement } from './statements.ts';

export interface Judgement {
  /** The bundle's hash, and what it changes. */
  readonly bundle: string;
  readonly base: string | null;
  readonly risk: Judged;
  /** All types in its flows. */
  readonly nodeTypes: ReadonlySet<string>;
  readonly author: Signed<AuthorStatement>;
  /** Signed by trusted keys that are not revoked. */
  readonly approvals: readonly Signed<ApprovalStatement>[];
  /** Milliseconds since 1970: when the approvals have to hold. */
  readonly now: number;
}

export interface Verdict {
  readonly satisfied: boolean;
  readonly seats: Seating['seats'];
  /** Approvals that do not count, each with why. */
  readonly notCounted: readonly WardflowError[];
  /** What stands in the way; empty: satisfied. */
  readonly missing: readonly WardflowError[];
}

/** Clocks of two machines differ a little. */
const SKEW_MS = 5 * 60_000;

export function evaluate({ policy, hash }: HashedPolicy, judged: Judgement): Verdict {
  const offers = new Map<string, Set<string>>();
  const notCounted: WardflowError[] = [];
  for (const approval of judged.approvals) {
    const why = whyNot(approval, judged, hash, Number(durationMs(policy.approvalValidFor)));
    if (why) {
      notCounted.push(why);
      continue;
    }
    const { person } = approval.key;
    offers.set(person, (offers.get(person) ?? new Set()).add(approval.statement.role));
  }
  const seating = seat(seatsNeeded(policy, judged.risk, judged.nodeTypes), offers);
  const missing = policy.forbiddenNodes
    .filter((type) => judged.nodeTypes.has(type))
    .map((type) => bundleErrors.create('policy-forbids-node', { type }));
  if (!seating.satisfied) missing.push(bundleErrors.create('approvals-missing', { missing: missingInWords(seating) }));
  return { satisfied: missing.length === 0, seats: seating.seats, notCounted, missing };
}

function whyNot(
  { statement, key }: Signed<ApprovalStatement>,
  { bundle, base, author, now }: Judgement,
  policy: string,
  validForMs: number,
): WardflowError | undefined {
  const { person } = key;
  const { role } = statement;
  const at = Date.parse(statement.at);
  if (person === author.key.person || key.id === author.key.id)
    return bundleErrors.create('approval-by-author', { person });
  if (statement.bundle !== bundle) return bundleErrors.create('approval-of-another-bundle', { person });
  if (statement.base !== base) return bundleErrors.create('approval-of-another-base', { person });
  if (statement.author !== author.hash) return bundleErrors.create('approval-of-another-statement', { person });
  if (statement.policy !== policy) return bundleErrors.create('approval-under-another-policy', { person });
  if (!key.roles.includes(role)) return bundleErrors.create('role-not-held', { person, role });
  if (!(at <= now + SKEW_MS)) return bundleErrors.create('approval-not-yet-valid', { person });
  if (now - at > validForMs) return bundleErrors.create('approval-expired', { person });
  return undefined;
}
