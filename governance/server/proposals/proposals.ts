/** Changes of definitions on their way into an environment: made, signed, judged, decided, shown. */
import { writeBundle, type Bundle, type Envelope } from '../../bundle/index.ts';
import {
  PROPOSAL_STATES,
  type Comment,
  type DefinitionConflict,
  type EditorDefinition,
  type NewProposal,
  type ProposalFiles,
  type ProposalList,
  type ProposalSummary,
  type ProposalView,
} from '../../api/proposal-contract.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { Identity } from '../identity.ts';
import type { ProposalQuery } from '../store/proposals.ts';
import type { RunKind } from '../store/proposal-runs.ts';
import { conflictOf, takeOver } from './conflicts.ts';
import { decisionsOf } from './decide.ts';
import type { Environments } from './environments.ts';
import { editorDefinitionOf } from './editor-definition.ts';
import { proposalErrors } from './errors.ts';
import { filesOfProposal } from './files.ts';
import { makingOf, MOST_LIVING, type MakeParts } from './make.ts';
import { current, look, type Current } from './parts.ts';
import { releasedOf } from './released.ts';
import { createRuns, type ScenarioRunner } from './runs.ts';
import { signedBundle, type Standing } from './standing.ts';
import { isLiving, LIVING } from './states.ts';
import { summaryOf, viewOf } from './views.ts';

export interface ProposalFilter extends ProposalQuery {
  /** Only those that ask something of the caller. */
  readonly asksMe?: boolean;
}

export interface Proposals {
  list(filter: ProposalFilter, viewer: Identity): Promise<ProposalList>;
  /** @throws `proposal-unknown` */
  view(number: number, viewer: Identity): Promise<ProposalView>;
  files(number: number): Promise<ProposalFiles>;
  /** The file to order, with every signature so far. */
  bundleFile(number: number): Promise<{ readonly bundle: Bundle; readonly content: Uint8Array }>;
  /** `null`: there is none. */
  conflict(by: Identity, environment: string, definition: string): Promise<DefinitionConflict | null>;
  takeOver(by: Identity, definition: string, version: string): Promise<void>;
  /** What releases need. */
  readonly released: ReleasedProposals;
  create(by: Identity, wish: NewProposal): Promise<ProposalView>;
  revise(by: Identity, number: number, summary: string): Promise<ProposalView>;
  sign(by: Identity, number: number, envelope: Envelope): Promise<ProposalView>;
  approve(by: Identity, number: number, envelope: Envelope): Promise<ProposalView>;
  reject(by: Identity, number: number, reason: string): Promise<ProposalView>;
  withdraw(by: Identity, number: number, reason: string): Promise<ProposalView>;
  comment(by: Identity, number: number, text: string, place: Comment['place']): Comment;
  resolve(by: Identity, number: number, id: string): void;
  /** @throws `proposal-runs-too-many` */
  rerun(by: Identity, number: number, what: RunKind): Promise<ProposalView>;
  editorDefinition(environment: string, definition: string): Promise<EditorDefinition>;
  stop(): Promise<void>;
}

const PAGE = 50;

export function createProposals(given: Omit<MakeParts, 'wake'> & { readonly runner?: ScenarioRunner }): Proposals {
  const runs = createRuns(given);
  const parts: MakeParts = { ...given, wake: () => runs.wake() };
  const { store } = parts;
  const making = makingOf(parts);
  const decisions = decisionsOf(parts);
  runs.wake();

  const standing = async (
    number: number,
    by = parts,
  ): Promise<{ readonly found: Current; readonly standing: Standing; readonly policy: string }> => {
    const found = current(parts, number);
    if (!isLiving(found.proposal.state))
      return { found, standing: asItWas(found), policy: found.revision.policy ?? '' };
    const looked = await look(by, number);
    const policy = looked.given.environment.trust?.policy.hash ?? '';
    return isLiving(looked.found.proposal.state)
      ? { found: looked.found, standing: looked.standing, policy }
      : { found: looked.found, standing: asItWas(looked.found), policy };
  };
  const view = async (number: number, viewer: Identity): Promise<ProposalView> => {
    const { found, ...stands } = await standing(number);
    return viewOf(parts, found, stands, viewer);
  };

  return {
    view,

    async list({ asksMe = false, before, limit = PAGE, ...filter }, viewer) {
      // What has become of those that live shows in their states, which the list asks for.
      const living = new Map<number, ProposalSummary>();
      const once: MakeParts = { ...parts, environments: readOnce(parts.environments) };
      for (const { number } of store.list({ states: LIVING, limit: MOST_LIVING }))
        living.set(number, await summary(number, viewer, once));
      const asking = new Set([...living.values()].flatMap(({ number, asksYou }) => (asksYou === null ? [] : [number])));
      const rows = store
        .list({
          ...filter,
          ...(before === undefined ? {} : { before }),
          limit: asksMe ? MOST_LIVING * 10 : limit + 1,
        })
        .filter(({ number }) => !asksMe || asking.has(number));
      const shown = rows.slice(0, limit);
      const { states: _, ...others } = filter;
      const counts = store.counts(others);
      return {
        proposals: await Promise.all(
          shown.map(async ({ number }) => living.get(number) ?? summary(number, viewer, once)),
        ),
        counts: Object.fromEntries(PROPOSAL_STATES.map((one) => [one, counts.get(one) ?? 0])) as ProposalList['counts'],
        asking: asking.size,
        before: rows.length > limit ? (shown.at(-1)?.number ?? null) : null,
      };
    },

    files: (number) => filesOfProposal(parts, current(parts, number)),

    async bundleFile(number) {
      const { revision, signatures } = current(parts, number);
      const bundle = signedBundle(await parts.bundles.read(revision.bundle), signatures);
      return { bundle, content: writeBundle(bundle) };
    },

    create: async (by, wish) => view(await making.create(by.account, wish), by),
    async revise(by, number, summary) {
      await making.revise(by.account, number, summary);
      return view(number, by);
    },
    async sign(by, number, envelope) {
      await decisions.sign(by.account, number, envelope);
      return view(number, by);
    },
    async approve(by, number, envelope) {
      await decisions.approve(by.account, number, envelope);
      return view(number, by);
    },
    reject(by, number, reason) {
      decisions.reject(by.account, number, reason);
      return view(number, by);
    },
    withdraw(by, number, reason) {
      decisions.withdraw(by.account, number, reason);
      return view(number, by);
    },
    comment: (by, number, text, place) => decisions.comment(by.account, number, text, place),
    resolve: (by, number, id) => decisions.resolve(by.account, number, id),

    async rerun(by, number, what) {
      const { proposal, revision } = current(parts, number);
      if (!isLiving(proposal.state))
        throw proposalErrors.create('proposal-state', { state: proposal.state, action: 'to run it again' });
      const before = parts.runs.get(number, proposal.revision, what);
      if (before?.state === 'waiting' || before?.state === 'running')
        throw proposalErrors.create('proposal-runs-too-many');
      if (what === 'scenarios')
        for (const { name, version } of (await parts.bundles.read(revision.bundle)).definitions)
          parts.runs.forget(name, version);
      parts.runs.queue(number, proposal.revision, what, parts.clock.now());
      parts.changed(number);
      runs.wake();
      return view(number, by);
    },

    editorDefinition: (environment, definition) => editorDefinitionOf(parts, environment, definition),
    conflict: (by, environment, definition) =>
      conflictOf(parts, environment, definition, `user:${by.account.username}`),
    takeOver: (by, definition, version) => takeOver(parts, by.account, definition, version),
    released: releasedOf(parts, making),
    stop: () => runs.stop(),
  };

  /** One proposal whose files are damaged must not hide the others. */
  async function summary(number: number, viewer: Identity, once: MakeParts): Promise<ProposalSummary> {
    try {
      const { found, standing: stands } = await standing(number, once);
      return summaryOf(parts, found, stands, viewer);
    } catch (error) {
      parts.log.warn('a proposal could not be judged', { count: number, error });
      const mended = 'somebody who mends it: what it proposes cannot be read';
      return summaryOf(parts, current(parts, number), { ...NOTHING, missing: mended }, null);
    }
  }
}

const NOTHING: Standing = {
  outdated: null,
  author: null,
  seats: [],
  notCounted: [],
  satisfied: false,
  missing: '',
  released: null,
};

/** For one answer about many proposals: what an environment runs is read once. */
function readOnce(environments: Environments): Environments {
  const read = new Map<string, ReturnType<Environments['read']>>();
  return {
    ...environments,
    read(name) {
      const known = read.get(name) ?? environments.read(name);
      read.set(name, known);
      return known;
    },
  };
}

/** Of a proposal that is over: who approved it, as it was. */
function asItWas({ signatures }: Current): Standing {
  return {
    ...NOTHING,
    author: signatures.find(({ kind }) => kind === 'author')?.hash ?? null,
    seats: signatures
      .filter(({ kind }) => kind === 'approval')
      .map(({ role, person, at }) => ({ role: role ?? '', person, at })),
  };
}
