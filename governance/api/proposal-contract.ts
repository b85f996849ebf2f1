/** Proposals in the console's API: changes of definitions on their way into an environment. Times are epoch milliseconds. */
import type { Envelope } from '../bundle/index.ts';
import type { Finding } from '../checks/finding.ts';
import type { ChangeLine } from '../diff/index.ts';

/**
 * draft: made of what staging runs, its author has not signed; open: approvals are wanted; approved: the policy is satisfied;
 * released: an environment was ordered to run it; rejected, withdrawn: over. Nothing leaves the last three.
 */
export const PROPOSAL_STATES = ['draft', 'open', 'approved', 'released', 'rejected', 'withdrawn'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** Most in one page of a list. */
export const MOST_PROPOSALS = 100;

/** Why approvals given so far can no longer count; the author makes a new revision. */
export type Outdated = 'base' | 'policy';

/**
 * GET /proposals?state=&definition=&author=&text=&asks=me&before=&limit= (`proposal:read`), newest first; `state` may be several,
 * with commas; `asks=me`: only those with `asksYou`.
 */
export interface ProposalList {
  readonly proposals: readonly ProposalSummary[];
  readonly counts: Readonly<Record<ProposalState, number>>;
  /** Proposals with `asksYou`, of all states. */
  readonly asking: number;
  /** For the next page. */
  readonly before: number | null;
}

export interface ProposalSummary {
  readonly number: number;
  readonly title: string;
  readonly state: ProposalState;
  readonly outdated: Outdated | null;
  readonly environment: string;
  readonly author: string;
  readonly risk: string;
  readonly definitions: readonly string[];
  /** The change that matters most, in clinical words. */
  readonly headline: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly checks: RunState;
  readonly scenarios: RunState;
  readonly approvals: { readonly given: number; readonly needed: number };
  /** What it waits for, in words: "an approval as engineer". */
  readonly waitsFor: string;
  /** What it waits for and the caller can give: `sign` or `revise` as its author, `approve`, `order`; `null`: nothing. */
  readonly asksYou: ProposalAction | null;
  /** Opened by itself after glass was broken. */
  readonly followsBreakGlass: boolean;
}

export interface RunState {
  readonly state: 'waiting' | 'running' | 'passed' | 'failed';
  /** Findings of severity error, or scenarios that failed. */
  readonly failed: number;
  readonly total: number;
}

/** GET /proposals/:number */
export interface ProposalView extends ProposalSummary {
  readonly summary: string;
  /** Counts up with each time the author took over staging anew; approvals are of one revision. */
  readonly revision: number;
  readonly bundle: string;
  readonly base: string | null;
  /** What approvers sign besides; `null` while it is a draft. */
  readonly authorStatement: string | null;
  /** Who deployed parts of it on staging, beside the author. None of them approves it. */
  readonly editors: readonly string[];
  readonly policy: string;
  /** In words, per definition, the gravest first. */
  readonly words: readonly {
    readonly definition: string;
    readonly title: string;
    readonly lines: readonly ChangeLine[];
  }[];
  /** Definitions that a change of `_shared` touches besides. */
  readonly affected: readonly { readonly definition: string; readonly parts: readonly string[] }[];
  readonly seats: readonly Seat[];
  readonly notCounted: readonly { readonly person: string; readonly why: string }[];
  readonly findings: readonly Finding[];
  /** What the same checks find in the base, so that a reader sees what is new; `null`: it was not checked. */
  readonly findingsBefore: readonly Finding[] | null;
  /** Before: of the base, where it could be run. */
  readonly scenarioResults: readonly ScenarioOutcome[];
  /** SHA-256 over the results. */
  readonly scenariosHash: string | null;
  readonly discussion: readonly Comment[];
  /** Oldest first. */
  readonly history: readonly ProposalEvent[];
  /** What the caller may do now; each missing one says why. */
  readonly may: Readonly<Record<ProposalAction, Allowed>>;
}

export type ProposalAction = 'sign' | 'approve' | 'reject' | 'withdraw' | 'comment' | 'revise' | 'rerun' | 'order';
export type Allowed = { readonly yes: true } | { readonly yes: false; readonly because: string };

export interface Seat {
  readonly role: string;
  /** `null`: not taken yet. */
  readonly person: string | null;
  readonly at: number | null;
}

export interface ScenarioOutcome {
  readonly definition: string;
  readonly scenario: string;
  readonly title: string;
  readonly before: 'passed' | 'failed' | 'absent' | 'not-run';
  readonly after: 'passed' | 'failed' | 'absent' | 'not-run';
  /** What came out otherwise than expected, in sentences. */
  readonly differences: readonly string[];
}

export interface Comment {
  readonly id: string;
  readonly author: string;
  readonly at: number;
  readonly revision: number;
  readonly text: string;
  /** A file of a definition, and in it a node, property, row or line, as the page names it; `null`: of the whole. */
  readonly place: { readonly definition: string; readonly file: string; readonly anchor: string | null } | null;
  readonly resolved: boolean;
}

export interface ProposalEvent {
  readonly at: number;
  /** As people say it. */
  readonly actor: string;
  readonly kind:
    | 'created'
    | 'revised'
    | 'signed'
    | 'approved'
    | 'rejected'
    | 'withdrawn'
    | 'checked'
    | 'scenarios-run'
    | 'released'
    | 'outdated';
  readonly text: string;
}

/** GET /proposals/:number/files: what the page compares (governance/diff works in the browser). */
export interface ProposalFiles {
  readonly definitions: readonly {
    readonly name: string;
    readonly title: string;
    /** Path -> text; `null`: it is not there. */
    readonly before: Readonly<Record<string, string>> | null;
    readonly after: Readonly<Record<string, string>> | null;
  }[];
}
/** GET /proposals/:number/bundle: the file (.wfb), with the signatures so far. */

/** POST /proposals (`proposal:create`) -> ProposalView, a draft of what staging runs. */
export interface NewProposal {
  readonly environment: string;
  /** Empty: every definition that differs from what the environment runs. */
  readonly definitions: readonly string[];
  readonly title: string;
  readonly summary: string;
}
/** POST /proposals/:number/signature { envelope } -> ProposalView, as every POST below but comments: the author's statement; draft -> open. */
/** POST /proposals/:number/approvals { envelope } (`proposal:approve`; who counts decides the policy). */
export interface SignedWish {
  readonly envelope: Envelope;
}
/** POST /proposals/:number/reject, /withdraw { reason }. */
/** POST /proposals/:number/revise { summary }: takes over staging and base anew; approvals fall; -> draft. */
/** POST /proposals/:number/comments { text, place? }; /comments/:id/resolve. */
/** POST /proposals/:number/rerun { what: 'checks' | 'scenarios' }. */

/**
 * GET /editor/definitions/:definition (asked by staging for the editor's sidebar, with the person's session):
 * what is known of a definition. `base` tells a second analyst that somebody else's change came in between.
 */
export interface EditorDefinition {
  readonly definition: string;
  /** Version that staging runs, and that production runs. */
  readonly staging: string | null;
  readonly production: string | null;
  readonly findings: readonly Finding[];
  /** What staging changes of what production runs, in words, the gravest first. */
  readonly differs: readonly ChangeLine[];
  /** Production runs a version of it that staging never had: somebody looks at both first. */
  readonly conflict: boolean;
  /** Other definitions that staging runs otherwise than production; `_shared` is one. */
  readonly alsoDiffer: readonly string[];
  readonly proposals: readonly Pick<
    ProposalSummary,
    'number' | 'title' | 'state' | 'outdated' | 'author' | 'waitsFor'
  >[];
}

/**
 * GET /editor/conflicts/:definition -> DefinitionConflict; 404: there is none. POST /editor/conflicts/:definition { version }
 * (`proposal:create`) -> 204: the changes of this version of production's were taken over on staging, or are left out on purpose.
 */
export interface DefinitionConflict {
  readonly definition: string;
  readonly environment: string;
  /** Who brought the version there that staging never had. */
  readonly orderedBy: string;
  readonly orderedAt: number;
  /** What both began with; `null`: it is not known. */
  readonly base: VersionFiles | null;
  readonly theirs: VersionFiles | null;
  readonly mine: VersionFiles | null;
}
export interface VersionFiles {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}
