/** Proposals as the API shows them. */
import { actorName } from '../../../engine/index.ts';
import { mayOn, type Identity } from '../identity.ts';
import type {
  Allowed,
  ProposalAction,
  ProposalState,
  ProposalSummary,
  ProposalView,
  RunState,
  ScenarioOutcome,
} from '../../api/proposal-contract.ts';
import type { ProposalRow } from '../store/proposals.ts';
import type { ProposalRun, RunKind } from '../store/proposal-runs.ts';
import type { Current, ProposalParts } from './parts.ts';
import type { CheckedProposal, KeptScenario, ScenariosOfDefinition } from './runs.ts';
import type { Standing } from './standing.ts';
import { afterStep } from './states.ts';
import { waitsFor } from './waits-for.ts';

const NOTHING_RUN: RunState = { state: 'waiting', failed: 0, total: 0 };

const runOf = ({ runs }: ProposalParts, { number, revision }: ProposalRow, kind: RunKind): ProposalRun | undefined =>
  runs.get(number, revision, kind);

function stateOf(run: ProposalRun | undefined): RunState {
  return run ? { state: run.state, failed: run.failed, total: run.total } : NOTHING_RUN;
}

/** @param viewer `null`: whatever it asks, nobody can give it now */
export function summaryOf(
  parts: ProposalParts,
  found: Current,
  standing: Standing,
  viewer: Identity | null,
): ProposalSummary {
  const { proposal, revision } = found;
  const { number, title, state, outdated, environment, author, createdAt, updatedAt } = proposal;
  return {
    number,
    title,
    state,
    outdated,
    environment,
    author,
    createdAt,
    updatedAt,
    risk: revision.risk,
    definitions: revision.changed.map(({ name }) => name),
    headline: revision.headline,
    checks: stateOf(runOf(parts, proposal, 'checks')),
    scenarios: stateOf(runOf(parts, proposal, 'scenarios')),
    approvals: {
      given: standing.seats.filter(({ person }) => person !== null).length,
      needed: standing.seats.length,
    },
    waitsFor: waitsFor(proposal, standing),
    asksYou: viewer ? askedOf(found, standing, viewer) : null,
    followsBreakGlass: proposal.follows !== null,
  };
}

export function viewOf(
  parts: ProposalParts,
  found: Current,
  { standing, policy }: { readonly standing: Standing; readonly policy: string },
  viewer: Identity,
): ProposalView {
  const { proposal, revision } = found;
  const checks = runOf(parts, proposal, 'checks');
  const scenarios = runOf(parts, proposal, 'scenarios');
  const checked = resultOf(checks) as CheckedProposal | undefined;
  const ran = resultOf(scenarios) as readonly ScenariosOfDefinition[] | undefined;
  return {
    ...summaryOf(parts, found, standing, viewer),
    summary: proposal.summary,
    revision: proposal.revision,
    bundle: revision.bundle,
    base: revision.base,
    authorStatement: standing.author,
    editors: revision.editors.filter((one) => one !== proposal.author),
    policy,
    words: revision.words,
    affected: revision.affected,
    seats: standing.seats,
    notCounted: standing.notCounted,
    findings: checked?.after ?? [],
    findingsBefore: checked?.before ?? null,
    scenarioResults: (ran ?? []).flatMap(outcomesOf),
    scenariosHash: scenarios?.hash ?? null,
    discussion: parts.comments.list(proposal.number),
    history: parts.store.events(proposal.number).map((event) => ({ ...event, actor: actorName(event.actor) })),
    may: actionsOf(found, standing, viewer),
  };
}

const resultOf = (run: ProposalRun | undefined): unknown =>
  typeof run?.result === 'string' ? JSON.parse(run.result) : undefined;

/** Side by side, in the order of the names; what was not there before or is not there any more is `absent`. */
function outcomesOf({ definition, before, after }: ScenariosOfDefinition): readonly ScenarioOutcome[] {
  const of = (side: ScenariosOfDefinition['after'], name: string): KeptScenario | undefined =>
    Array.isArray(side) ? side.find(({ scenario }) => scenario === name) : undefined;
  const word = (side: ScenariosOfDefinition['after'], name: string): ScenarioOutcome['after'] => {
    if (side === 'not-run') return 'not-run';
    const found = of(side, name);
    return found ? (found.ok ? 'passed' : 'failed') : 'absent';
  };
  const names = [before, after].flatMap((side) => (Array.isArray(side) ? side : [])).map(({ scenario }) => scenario);
  return [...new Set<string>(names)].toSorted().map((scenario) => ({
    definition,
    scenario,
    title: of(after, scenario)?.title ?? of(before, scenario)?.title ?? scenario,
    before: word(before, scenario),
    after: word(after, scenario),
    differences: of(after, scenario)?.differences ?? [],
  }));
}

/** What it waits for, as far as this person can give it. */
function askedOf(found: Current, standing: Standing, viewer: Identity): ProposalAction | null {
  const may = actionsOf(found, standing, viewer);
  const { state } = found.proposal;
  const can = (action: ProposalAction): ProposalAction | null => (may[action].yes ? action : null);
  if (standing.outdated !== null) return can('revise');
  if (state === 'draft') return can('sign');
  if (state === 'approved') return can('order');
  const roles: readonly string[] = viewer.account.roles;
  const wanted = standing.seats.some(({ role, person }) => person === null && roles.includes(role));
  return state === 'open' && wanted ? can('approve') : null;
}

const YES: Allowed = { yes: true };
const no = (because: string): Allowed => ({ yes: false, because });

/** What the server would do, so that the page need not offer what is refused. */
function actionsOf({ proposal, revision }: Current, standing: Standing, viewer: Identity): ProposalView['may'] {
  const { username } = viewer.account;
  const isAuthor = username === proposal.author;
  const over = OVER[proposal.state];
  const may = (permission: Parameters<typeof mayOn>[1]): boolean =>
    revision.changed.every(({ name, serviceLine }) =>
      mayOn(viewer, permission, { definition: name, ...(serviceLine === undefined ? {} : { serviceLine }) }),
    );
  const judges = may('proposal:approve');
  const notHere = no('Your roles do not include this for what the proposal changes.');
  const outdated = standing.outdated === null ? null : no(OUTDATED[standing.outdated]);
  const own = no('Nobody approves or rejects a change of their own.');
  const has = standing.seats.some(({ person }) => person === username);
  const author = isAuthor ? null : no(`Only its author, ${proposal.author}, may do this.`);
  const actions: Readonly<Record<ProposalAction, Allowed | null>> = {
    sign: author ?? (proposal.state === 'draft' ? null : no('Its author has signed it.')) ?? outdated,
    approve: isAuthor
      ? own
      : revision.editors.includes(username)
        ? no('You deployed a part of this change on staging.')
        : !judges
          ? notHere
          : afterStep(proposal.state, 'approve') === null
            ? no('Its author has not signed it yet.')
            : (outdated ?? (has ? no('You have approved it already.') : null)),
    reject: isAuthor
      ? own
      : judges
        ? proposal.state === 'draft'
          ? no('Its author has not signed it yet.')
          : null
        : notHere,
    withdraw: author,
    revise: author ?? (may('proposal:create') ? null : notHere),
    comment: null,
    rerun: null,
    order: orderOf(proposal, may('release:order'), outdated),
  };
  const talks = mayOn(viewer, 'proposal:comment', {}) || may('proposal:comment');
  return Object.fromEntries(
    Object.entries(actions).map(([action, refused]) => {
      const talk = action === 'comment' || action === 'rerun';
      if (talk && !talks) return [action, notHere];
      return [action, (action === 'comment' ? null : over) ?? refused ?? YES];
    }),
  ) as ProposalView['may'];
}

function orderOf({ state }: ProposalRow, orders: boolean, outdated: Allowed | null): Allowed | null {
  if (!orders) return no('Your roles do not include ordering a release.');
  return outdated ?? (state === 'approved' ? null : no('It is not approved.'));
}

const OUTDATED = {
  base: 'The environment runs something else by now: its author makes a new revision.',
  policy: 'The policy has changed: its author makes a new revision.',
} as const;

const OVER: Readonly<Record<ProposalState, Allowed | null>> = {
  draft: null,
  open: null,
  approved: null,
  released: no('It was released.'),
  rejected: no('It was rejected.'),
  withdrawn: no('It was withdrawn.'),
};
