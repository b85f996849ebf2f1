/** Whether a bundle may run in an environment: the one judgement, for the command line, the console and the runtime's gate. */
import { WardflowError } from '../../engine/index.ts';
import { readBundle, type Bundle } from './bundle.ts';
import type { Bytes } from './bytes.ts';
import { openEnvelope } from './dsse.ts';
import { bundleErrors } from './errors.ts';
import { evaluate, type Verdict } from './evaluate.ts';
import { RISKS, type Risk } from './policy.ts';
import { readSigned, type Signed } from './read-statement.ts';
import type { ApprovalStatement, AuthorStatement } from './statements.ts';
import type { TrustStore } from './trust-store.ts';

export interface VerifyAgainst {
  /** Verified by `readTrustStore`. It names the policy in force, so that no other can be slipped in. */
  readonly trustStore: TrustStore;
  readonly environment: string;
  /** Milliseconds since 1970: when the approvals have to hold, which is the time of the promotion. */
  readonly now: number;
  /** Break-glass: the author's signature and what the policy forbids count all the same. Default: needed. */
  readonly approvals?: 'needed' | 'waived';
  /** The risk of what it changes, where that is known: less than this it does not need. */
  readonly floor?: Risk | undefined;
}

export type Verification =
  | {
      readonly ok: true;
      readonly bundle: Bundle;
      readonly author: Signed<AuthorStatement>;
      readonly approvals: readonly Signed<ApprovalStatement>[];
      readonly verdict: Verdict;
    }
  | {
      readonly ok: false;
      /** All that is known to be wrong; at least one. */
      readonly reasons: readonly WardflowError[];
      /** Set if the content is sound: then only people's signatures are wrong or missing. */
      readonly bundle: Bundle | undefined;
    };

/** Never throws for what is in the file: that is the answer. */
export async function verifyBundle(input: Bytes | Bundle, against: VerifyAgainst): Promise<Verification> {
  const { trustStore, environment } = against;
  const reasons: WardflowError[] = [];
  if (trustStore.environment !== environment)
    reasons.push(
      bundleErrors.create('trust-store-of-another-environment', { found: trustStore.environment, environment }),
    );
  const bundle = input instanceof Uint8Array ? await attempt(() => readBundle(input), reasons) : input;
  if (!bundle) return { ok: false, reasons, bundle: undefined };
  const author = await readAuthor(bundle, trustStore, reasons);
  const { approvals, notCounted } = await readApprovals(bundle, trustStore, reasons);
  if (!author) return { ok: false, reasons: [...reasons, ...notCounted], bundle };
  const verdict = evaluate(trustStore.policy, {
    bundle: bundle.hash,
    base: bundle.manifest.base,
    risk: higherRisk(riskOf(bundle), against.floor),
    nodeTypes: nodeTypesOf(bundle),
    author,
    approvals,
    now: against.now,
  });
  const all = { ...verdict, notCounted: [...notCounted, ...verdict.notCounted] };
  // What does not count is a reason only where something is missing: an old approval beside enough new ones is none.
  if (!verdict.satisfied && against.approvals !== 'waived') reasons.push(...all.notCounted, ...verdict.missing);
  else reasons.push(...verdict.missing.filter(({ code }) => code !== 'approvals-missing'));
  return reasons.length > 0 ? { ok: false, reasons, bundle } : { ok: true, bundle, author, approvals, verdict: all };
}

/** The highest of its definitions. */
export function riskOf({ definitions }: Bundle): Risk {
  const risks = new Set<Risk>(definitions.map(({ intent }) => intent.risk));
  return RISKS.findLast((risk) => risks.has(risk)) ?? 'critical';
}

export const higherRisk = (one: Risk, other: Risk | undefined): Risk =>
  other !== undefined && RISKS.indexOf(other) > RISKS.indexOf(one) ? other : one;

/** Also of nodes that are switched off: one deploy turns them on. */
export const nodeTypesOf = ({ definitions }: Bundle): ReadonlySet<string> =>
  new Set(definitions.flatMap(({ flow }) => flow.map(({ type }) => type)));

async function readAuthor(
  { author, hash, manifest }: Bundle,
  { keys }: TrustStore,
  reasons: WardflowError[],
): Promise<Signed<AuthorStatement> | undefined> {
  if (!author) {
    reasons.push(bundleErrors.create('author-missing'));
    return undefined;
  }
  const what = 'author.dsse.json';
  const signed = await attempt(() => readSigned('author', openEnvelope(author, what), keys, what), reasons);
  if (!signed || (signed.statement.bundle === hash && signed.statement.base === manifest.base)) return signed;
  reasons.push(bundleErrors.create('author-of-another-bundle'));
  return undefined;
}

/** Unknown and revoked keys do not count; a signature that is wrong, or no approval at all, was put there to deceive. */
const ONLY_NOT_COUNTED: ReadonlySet<string> = new Set(['key-unknown', 'key-revoked']);

async function readApprovals(
  bundle: Bundle,
  { keys }: TrustStore,
  reasons: WardflowError[],
): Promise<{
  readonly approvals: readonly Signed<ApprovalStatement>[];
  readonly notCounted: readonly WardflowError[];
}> {
  const approvals: Signed<ApprovalStatement>[] = [];
  const notCounted: WardflowError[] = [];
  for (const [key, content] of bundle.approvals) {
    const what = `approvals/${key.slice(0, 12)}`;
    const found: WardflowError[] = [];
    const signed = await attempt(() => readSigned('approval', openEnvelope(content, what), keys, what), found);
    if (signed) approvals.push(signed);
    for (const one of found) (ONLY_NOT_COUNTED.has(one.code) ? notCounted : reasons).push(one);
  }
  return { approvals, notCounted };
}

async function attempt<T>(read: () => Promise<T>, reasons: WardflowError[]): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    reasons.push(error);
    return undefined;
  }
}
