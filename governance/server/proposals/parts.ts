/** What the parts of proposals share: where they are kept, and how a change of one is committed. */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ids, Log } from '../../../engine/index.ts';
import type { ProposalEvent } from '../../api/proposal-contract.ts';
import type { AuditTrail } from '../audit-trail.ts';
import { inTransaction } from '../store/database.ts';
import type { ProposalComments } from '../store/proposal-comments.ts';
import type { ProposalRuns } from '../store/proposal-runs.ts';
import type { ProposalRow, ProposalStore, RevisionRow, SignatureRow } from '../store/proposals.ts';
import type { BundleFiles } from './bundle-files.ts';
import type { Environments } from './environments.ts';
import { proposalErrors } from './errors.ts';
import { judge, type Standing, type ToJudge } from './standing.ts';
import { afterStep, isLiving, type ProposalStep } from './states.ts';

export interface ProposalParts {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly audit: AuditTrail;
  readonly store: ProposalStore;
  readonly comments: ProposalComments;
  readonly runs: ProposalRuns;
  readonly bundles: BundleFiles;
  readonly environments: Environments;
  /** Tells browsers. */
  changed(number: number): void;
}

/** A proposal as it is now. */
export interface Current {
  readonly proposal: ProposalRow;
  readonly revision: RevisionRow;
  readonly signatures: readonly SignatureRow[];
}

/** @throws `proposal-unknown` */
export function current({ store }: Pick<ProposalParts, 'store'>, number: number): Current {
  const proposal = store.get(number);
  const revision = proposal && store.revision(number, proposal.revision);
  if (!proposal || !revision) throw proposalErrors.create('proposal-unknown');
  return { proposal, revision, signatures: store.signatures(number, proposal.revision) };
}

export async function toJudge(parts: ProposalParts, found: Current): Promise<ToJudge> {
  const { environment, base } = { ...found.proposal, ...found.revision };
  return {
    ...found,
    bundle: await parts.bundles.read(found.revision.bundle),
    floor: await parts.environments.riskOf(environment, base),
    environment: await parts.environments.read(found.proposal.environment),
    now: parts.clock.now(),
  };
}

/**
 * One step of a proposal: state, event and audit record commit together, or nothing does.
 * @param found what the caller has looked at; of another revision by now, nothing happens
 * @param work may still refuse, by what it sees
 * @throws `proposal-state`
 */
export function take(
  parts: ProposalParts,
  found: Current,
  step: ProposalStep,
  event: Omit<ProposalEvent, 'at'>,
  work: (at: number) => void,
): void {
  const { number } = found.proposal;
  inTransaction(parts.database, () => {
    const now = current(parts, number);
    const next = afterStep(now.proposal.state, step);
    if (next === null || now.proposal.revision !== found.proposal.revision)
      throw proposalErrors.create('proposal-state', { state: now.proposal.state, action: IN_WORDS[step] });
    const at = parts.clock.now();
    parts.store.update(number, { state: next }, at);
    parts.store.addEvent(number, { at, ...event });
    work(at);
  });
  parts.changed(number);
}

const IN_WORDS: Readonly<Record<ProposalStep, string>> = {
  sign: "its author's signature",
  approve: 'an approval',
  satisfy: 'that it is approved',
  lapse: 'that it is not approved any more',
  reject: 'to reject it',
  withdraw: 'to withdraw it',
  revise: 'a new revision',
  release: 'that it was released',
};

/** Looks how a proposal stands, and keeps what has become of it: approved, lapsed, outdated or released. */
export async function look(
  parts: ProposalParts,
  number: number,
): Promise<{ readonly found: Current; readonly given: ToJudge; readonly standing: Standing }> {
  const before = current(parts, number);
  const given = await toJudge(parts, before);
  const standing = await judge(given);
  settle(parts, before, standing);
  return { found: current(parts, number), given, standing };
}

function settle(parts: ProposalParts, before: Current, standing: Standing): void {
  const { number, state } = before.proposal;
  if (!isLiving(state)) return;
  const { outdated, released, satisfied } = standing;
  let changed = false;
  inTransaction(parts.database, () => {
    const now = current(parts, number);
    // Somebody was faster: the next look sees it.
    if (now.proposal.state !== state || now.proposal.revision !== before.proposal.revision) return;
    if (now.signatures.length !== before.signatures.length) return;
    const at = parts.clock.now();
    const event = (kind: ProposalEvent['kind'], actor: string, text: string): void =>
      parts.store.addEvent(number, { at, actor, kind, text });
    const step = released ? 'release' : satisfied ? 'satisfy' : 'lapse';
    const next = afterStep(state, step);
    if (next !== null && next !== state) {
      changed = true;
      parts.store.update(number, { state: next, outdated: released ? null : outdated }, at);
      if (released)
        event('released', `user:${released.person}`, `Release ${released.sequence} of ${before.proposal.environment}.`);
      if (released) return;
    }
    if (outdated === now.proposal.outdated) return;
    changed = true;
    parts.store.update(number, { outdated }, at);
    const why = outdated === 'base' ? `${before.proposal.environment} runs something else.` : 'The policy has changed.';
    if (outdated !== null) event('outdated', 'system', why);
  });
  if (changed) parts.changed(number);
}
