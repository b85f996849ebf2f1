/**
 * How a proposal stands: which approvals count now, under the policy and on what the environment runs now. Judged by the
 * functions that the runtime's gate judges by.
 */
import { WardflowError } from '../../../engine/index.ts';
import type { Outdated, Seat } from '../../api/proposal-contract.ts';
import {
  evaluate,
  higherRisk,
  nodeTypesOf,
  opened,
  readSigned,
  riskOf,
  seatsNeeded,
  verifyBundle,
  withApproval,
  withAuthor,
  type ApprovalStatement,
  type AuthorStatement,
  type Bundle,
  type Risk,
  type Signed,
  type TrustStore,
  type Verdict,
} from '../../bundle/index.ts';
import type { ProposalRow, RevisionRow, SignatureRow } from '../store/proposals.ts';
import type { EnvironmentState } from './environments.ts';

export interface Standing {
  readonly outdated: Outdated | null;
  /** Hash of the author's statement; `null`: not signed, or by a key that does not count any more. */
  readonly author: string | null;
  readonly seats: readonly Seat[];
  readonly notCounted: readonly { readonly person: string; readonly why: string }[];
  readonly satisfied: boolean;
  /** What is missing, in words; empty: nothing. */
  readonly missing: string;
  /** An order has run it. */
  readonly released: { readonly sequence: number; readonly person: string } | null;
}

export interface ToJudge {
  readonly proposal: ProposalRow;
  readonly revision: RevisionRow;
  readonly signatures: readonly SignatureRow[];
  /** Without signatures. */
  readonly bundle: Bundle;
  /** The risk of what it changes. */
  readonly floor: Risk | undefined;
  readonly environment: EnvironmentState;
  readonly now: number;
}

/** The bundle as it would be ordered, with every signature so far. */
export function signedBundle(bundle: Bundle, signatures: readonly SignatureRow[]): Bundle {
  const author = signatures.find(({ kind }) => kind === 'author');
  if (!author) return bundle;
  return signatures
    .filter(({ kind }) => kind === 'approval')
    .reduce((signed, { envelope }) => withApproval(signed, envelope), withAuthor(bundle, author.envelope));
}

export async function judge(given: ToJudge): Promise<Standing> {
  const { revision, signatures, environment } = given;
  const { trust, trouble } = environment;
  const outdated = outdatedOf(revision, environment);
  const released = releaseOf(given);
  const empty = trust ? emptySeats(given, trust) : [];
  const nothing = { outdated, released, author: null, seats: empty, notCounted: [], satisfied: false } as const;
  if (!trust) return { ...nothing, missing: trouble?.remedy ?? 'a trust store' };
  const signed = signatures.find(({ kind }) => kind === 'author');
  if (!signed) return { ...nothing, missing: "its author's signature" };
  const author = await readEnvelope('author', signed, trust);
  if (author instanceof WardflowError)
    return { ...nothing, missing: `another signature of its author: ${author.message}` };
  const { approvals, notCounted } = await approvalsOf(signatures, trust);
  const verdict = verdictOf(given, trust, author, approvals);
  const taken = (person: string | null): number | null =>
    signatures.findLast((one) => one.kind === 'approval' && one.person === person)?.at ?? null;
  return {
    outdated,
    released,
    author: author.hash,
    seats: verdict.seats.map(({ role, person }) => ({ role, person, at: person === null ? null : taken(person) })),
    notCounted: [
      ...notCounted,
      ...verdict.notCounted.map((why) => ({ person: String(why.details['person'] ?? ''), why: why.message })),
    ],
    satisfied: outdated === null && verdict.satisfied && (await passesGate(given, trust)),
    missing: verdict.missing.map((one) => String(one.details['missing'] ?? one.message)).join(' and '),
  };
}

/** Whether an approval would count, alone; otherwise why not. */
export function whyNotCounted(
  given: ToJudge,
  trust: TrustStore,
  author: Signed<AuthorStatement>,
  approval: Signed<ApprovalStatement>,
): WardflowError | undefined {
  return verdictOf(given, trust, author, [approval]).notCounted[0];
}

const verdictOf = (
  { bundle, floor, now }: ToJudge,
  { policy }: TrustStore,
  author: Signed<AuthorStatement>,
  approvals: readonly Signed<ApprovalStatement>[],
): Verdict =>
  evaluate(policy, {
    bundle: bundle.hash,
    base: bundle.manifest.base,
    risk: higherRisk(riskOf(bundle), floor),
    nodeTypes: nodeTypesOf(bundle),
    author,
    approvals,
    now,
  });

async function passesGate(given: ToJudge, trustStore: TrustStore): Promise<boolean> {
  const { bundle, signatures, floor, now, environment } = given;
  const signed = signedBundle(bundle, signatures);
  return (await verifyBundle(signed, { trustStore, environment: environment.name, now, floor })).ok;
}

function outdatedOf({ base, policy }: RevisionRow, { base: running, trust }: EnvironmentState): Outdated | null {
  if (base !== running) return 'base';
  return policy !== null && policy !== trust?.policy.hash ? 'policy' : null;
}

function releaseOf({ revision, environment }: ToJudge): Standing['released'] {
  const release = environment.releases.findLast(({ kind, bundle }) => kind === 'order' && bundle === revision.bundle);
  return release ? { sequence: release.sequence, person: release.person } : null;
}

const emptySeats = ({ bundle, floor }: ToJudge, { policy }: TrustStore): readonly Seat[] =>
  seatsNeeded(policy.policy, higherRisk(riskOf(bundle), floor), nodeTypesOf(bundle)).flatMap(({ role, count }) =>
    Array.from({ length: count }, () => ({ role, person: null, at: null })),
  );

async function approvalsOf(
  signatures: readonly SignatureRow[],
  trust: TrustStore,
): Promise<{ readonly approvals: readonly Signed<ApprovalStatement>[]; readonly notCounted: Standing['notCounted'] }> {
  const approvals: Signed<ApprovalStatement>[] = [];
  const notCounted: { person: string; why: string }[] = [];
  // A key's newest approval is the one in the bundle.
  const newest = new Map(
    signatures.filter(({ kind }) => kind === 'approval').map((one) => [one.envelope.signatures[0]?.keyid, one]),
  );
  for (const one of newest.values()) {
    const read = await readEnvelope('approval', one, trust);
    if (read instanceof WardflowError) notCounted.push({ person: one.person, why: read.message });
    else approvals.push(read);
  }
  return { approvals, notCounted };
}

interface Statements {
  readonly author: AuthorStatement;
  readonly approval: ApprovalStatement;
}

/** What was verified when it came may have lost its key since. */
export async function readEnvelope<K extends keyof Statements>(
  kind: K,
  { envelope }: Pick<SignatureRow, 'envelope'>,
  { keys }: TrustStore,
): Promise<Signed<Statements[K]> | WardflowError> {
  const what = kind === 'author' ? "the author's signature" : 'the approval';
  try {
    return (await readSigned<keyof Statements>(kind, opened(envelope, what), keys, what)) as Signed<Statements[K]>;
  } catch (error) {
    if (error instanceof WardflowError) return error;
    throw error;
  }
}
