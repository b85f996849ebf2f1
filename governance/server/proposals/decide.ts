/** What people do to a proposal. Everything is refused that would not count at the gate; nobody has an exemption. */
import { WardflowError } from '../../../engine/index.ts';
import { ROLES, scopeFor, covers, type Role } from '../../api/permissions.ts';
import type { Comment } from '../../api/proposal-contract.ts';
import type { Envelope, Signed, ApprovalStatement, AuthorStatement, TrustStore } from '../../bundle/index.ts';
import type { Account } from '../store/accounts.ts';
import { inTransaction } from '../store/database.ts';
import { proposalErrors } from './errors.ts';
import { current, look, take, toJudge, type Current, type ProposalParts } from './parts.ts';
import { readEnvelope, whyNotCounted } from './standing.ts';
import { afterStep } from './states.ts';

export interface Decisions {
  /** The author's statement: draft -> open. */
  sign(by: Account, number: number, envelope: Envelope): Promise<void>;
  approve(by: Account, number: number, envelope: Envelope): Promise<void>;
  reject(by: Account, number: number, reason: string): void;
  withdraw(by: Account, number: number, reason: string): void;
  comment(by: Account, number: number, text: string, place: Comment['place']): Comment;
  resolve(by: Account, number: number, id: string): void;
}

const MOST_COMMENTS = 1_000;

export function decisionsOf(parts: ProposalParts): Decisions {
  const { store, audit, clock } = parts;

  const keep = (
    found: Current,
    at: number,
    kind: 'author' | 'approval',
    { statement, key, hash }: Signed<AuthorStatement> | Signed<ApprovalStatement>,
    envelope: Envelope,
  ): void => {
    const { number, revision } = found.proposal;
    const role = statement.kind === 'approval' ? statement.role : null;
    store.sign(number, revision, { kind, person: key.person, role, at, envelope, keyId: key.id, hash });
  };

  const approve = async (by: Account, number: number, envelope: Envelope): Promise<void> => {
    const found = current(parts, number);
    const { proposal, revision } = found;
    if (afterStep(proposal.state, 'approve') === null)
      throw proposalErrors.create('proposal-state', { state: proposal.state, action: 'an approval' });
    const { given, standing } = await look(parts, number);
    const trust = trustOf(given.environment.trust, given.environment.trouble);
    const signed = signedBy(by, await readEnvelope('approval', { envelope }, trust));
    if (store.isUsed(signed)) throw proposalErrors.create('proposal-statement-used');
    if (by.username === proposal.author) throw proposalErrors.create('proposal-own');
    if (revision.editors.includes(by.username)) throw proposalErrors.create('proposal-edited');
    const author = found.signatures.find(({ kind }) => kind === 'author');
    const authors = author && (await readEnvelope('author', author, trust));
    if (!authors || authors instanceof WardflowError)
      throw authors ?? proposalErrors.create('proposal-state', { state: proposal.state, action: 'an approval' });
    const why = whyNotCounted(given, trust, authors, signed);
    if (why) throw why;
    refuseOutdated(standing.outdated, proposal.environment);
    const { role } = signed.statement;
    if (!holds(by, role, revision.changed)) throw proposalErrors.create('proposal-role-missing', { role });
    if (standing.seats.every((seat) => seat.role !== role))
      throw proposalErrors.create('proposal-role-not-needed', { role });
    // Who has a seat has the one they get. An approval that did not come to one, or lapsed, may be given otherwise.
    if (standing.seats.some(({ person }) => person === by.username))
      throw proposalErrors.create('proposal-already-approved');
    const actor = `user:${by.username}`;
    const own = (of: Current): number =>
      of.signatures.filter(({ kind, person }) => kind === 'approval' && person === by.username).length;
    take(parts, found, 'approve', { actor, kind: 'approved', text: `As ${role}.` }, (at) => {
      // Others may approve at the same moment; nobody does twice.
      if (own(current(parts, number)) !== own(found)) throw proposalErrors.create('proposal-already-approved');
      keep(found, at, 'approval', signed, envelope);
      audit.append('proposal.approved', actor, {
        proposal: number,
        environment: proposal.environment,
        revision: proposal.revision,
        role,
        bundle: revision.bundle,
      });
    });
    await look(parts, number);
  };

  return {
    async sign(by, number, envelope) {
      const found = current(parts, number);
      const { proposal, revision } = found;
      refuseOthers(by, proposal.author);
      if (afterStep(proposal.state, 'sign') === null)
        throw proposalErrors.create('proposal-state', { state: proposal.state, action: "its author's signature" });
      const { environment } = await toJudge(parts, found);
      const trust = trustOf(environment.trust, environment.trouble);
      if (revision.base !== environment.base) refuseOutdated('base', proposal.environment);
      const signed = signedBy(by, await readEnvelope('author', { envelope }, trust));
      const { bundle, base, summary } = signed.statement;
      if (store.isUsed(signed)) throw proposalErrors.create('proposal-statement-used');
      if (bundle !== revision.bundle || base !== revision.base || summary !== proposal.summary)
        throw proposalErrors.create('proposal-statement-differs');
      const actor = `user:${by.username}`;
      take(parts, found, 'sign', { actor, kind: 'signed', text: `Revision ${proposal.revision}.` }, (at) => {
        keep(found, at, 'author', signed, envelope);
        store.setPolicy(number, proposal.revision, trust.policy.hash);
        const { environment: where } = proposal;
        audit.append('proposal.signed', actor, {
          proposal: number,
          environment: where,
          revision: proposal.revision,
          bundle,
        });
      });
    },

    async approve(by, number, envelope) {
      try {
        await approve(by, number, envelope);
      } catch (error) {
        // Who tries what does not count is worth knowing.
        if (error instanceof WardflowError && error.code !== 'proposal-unknown')
          audit.append('proposal.approval-refused', `user:${by.username}`, { proposal: number, code: error.code });
        throw error;
      }
    },

    reject(by, number, reason) {
      const found = current(parts, number);
      if (by.username === found.proposal.author) throw proposalErrors.create('proposal-own');
      const actor = `user:${by.username}`;
      take(parts, found, 'reject', { actor, kind: 'rejected', text: reason }, () =>
        audit.append('proposal.rejected', actor, { proposal: number }, { reason }),
      );
    },

    withdraw(by, number, reason) {
      const found = current(parts, number);
      refuseOthers(by, found.proposal.author);
      const actor = `user:${by.username}`;
      take(parts, found, 'withdraw', { actor, kind: 'withdrawn', text: reason }, () =>
        audit.append('proposal.withdrawn', actor, { proposal: number }, { reason }),
      );
    },

    comment(by, number, text, place) {
      const { proposal } = current(parts, number);
      if (parts.comments.count(number) >= MOST_COMMENTS)
        throw proposalErrors.create('proposal-too-many', { limit: MOST_COMMENTS });
      const comment = {
        id: parts.ids.next(),
        author: by.username,
        at: clock.now(),
        revision: proposal.revision,
        text,
        place,
      };
      inTransaction(parts.database, () => {
        parts.comments.add(number, comment);
        audit.append('proposal.commented', `user:${by.username}`, { proposal: number });
      });
      parts.changed(number);
      return { ...comment, resolved: false };
    },

    resolve(by, number, id) {
      current(parts, number);
      if (!parts.comments.resolve(number, id, by.username, clock.now()))
        throw proposalErrors.create('proposal-comment-unknown');
      parts.changed(number);
    },
  };
}

function trustOf(trust: TrustStore | null, trouble: WardflowError | null): TrustStore {
  if (trust) return trust;
  throw trouble ?? new TypeError('no trust store, and nothing is wrong');
}

/** Somebody else's signature is refused, however right it is. */
function signedBy<S extends ApprovalStatement | AuthorStatement>(
  by: Account,
  signed: Signed<S> | WardflowError,
): Signed<S> {
  if (signed instanceof WardflowError) throw signed;
  const { person } = signed.key;
  if (person !== by.username) throw proposalErrors.create('proposal-signature-of-another', { person });
  return signed;
}

function refuseOthers(by: Account, author: string): void {
  if (by.username !== author) throw proposalErrors.create('proposal-not-author', { author });
}

function refuseOutdated(outdated: 'base' | 'policy' | null, environment: string): void {
  if (outdated !== null) throw proposalErrors.create(`proposal-outdated-${outdated}`, { environment });
}

/**
 * The trust store says whose key counts in which role; where the console knows the role, too, the account must have it, for
 * all that changes.
 */
export function holds(
  { roles, limits }: Account,
  role: string,
  changed: readonly { readonly name: string; readonly serviceLine?: string }[],
): boolean {
  const known = ROLES.find((one): one is Role => one === role);
  const counted = known === undefined ? roles : roles.filter((one) => one === known);
  const scope = scopeFor(counted, limits, 'proposal:approve');
  return (
    counted.length > 0 &&
    changed.every(({ name, serviceLine }) =>
      covers(scope, { definition: name, ...(serviceLine === undefined ? {} : { serviceLine }) }),
    )
  );
}
