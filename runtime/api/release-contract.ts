/** What a runtime behind the gate says of its release. Paths below `API_ROOT`; as in contract.ts otherwise. */
import type { ApiProblem } from './contract.ts';

type Problem = Pick<ApiProblem, 'code' | 'title' | 'remedy'>;

/** GET /release; POST /release/check looks anew first. A runtime without the gate (staging) answers 404 `no-gate`. */
export interface RuntimeRelease {
  readonly environment: string;
  /** What runs; `null`: nothing, and `problem` or an empty log says why. */
  readonly running: RunningRelease | null;
  /** Why what the log says is not what runs; `null`: it is. */
  readonly problem: Problem | null;
  readonly drift: readonly DriftFinding[];
  /** When drift was looked for last, epoch milliseconds. */
  readonly checkedAt: number;
}

export interface RunningRelease {
  readonly sequence: number;
  readonly kind: 'order' | 'break-glass';
  readonly bundle: string;
  /** When this runtime began to run it. */
  readonly since: number;
  /** While glass is broken: when it goes back. */
  readonly until: number | null;
  readonly definitions: readonly { readonly name: string; readonly version: string }[];
}

/** One way in which what is there differs from what was approved. */
export interface DriftFinding {
  readonly code:
    | 'running-differs'
    | 'flows-differ'
    | 'bundle-file-differs'
    | 'log-differs'
    | 'trust-store-differs'
    | 'modules-differ'
    | 'key-revoked-since'
    | 'engine-differs';
  /** What it is about: a definition, a file's name, a module, a key. */
  readonly subject: string;
  readonly text: string;
  readonly remedy: string;
  /** Since when it is known. */
  readonly since: number;
}

/** POST /release/plan with this; the bundle lies in the releases folder already. */
export interface PlanRequest {
  readonly bundle: string;
  /** As it would be ordered. */
  readonly kind: 'order' | 'break-glass';
}

export interface ReleasePlan {
  readonly bundle: string;
  /** What runs now. */
  readonly running: string | null;
  readonly definitions: readonly PlannedDefinition[];
  /** Feeds by what becomes of their connections. */
  readonly feeds: readonly { readonly name: string; readonly what: 'stays' | 'restarts' | 'opens' | 'closes' }[];
  /** Names that the bundle needs and this environment does not bind: such a plan is refused. */
  readonly unbound: readonly {
    readonly kind: 'feed' | 'endpoint' | 'channel';
    readonly name: string;
    /** Of an endpoint: what is spoken there. One that is bound as another kind is not bound as this. */
    readonly speaks?: 'fhir' | 'mllp' | 'http';
  }[];
  /** Why it cannot be carried out; empty: it can. Unbound names are in it too. */
  readonly refusals: readonly Problem[];
}

export interface PlannedDefinition {
  readonly name: string;
  readonly title: string;
  readonly what: 'stays' | 'restarts' | 'added' | 'removed';
  /** Versions; `null` where there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** Open work that began under `from`, which ends under it. */
  readonly openWork: number;
}

/** POST /release/apply: run what the log says now. Answers `RuntimeRelease`. */
export interface ApplyRequest {
  /** The last entry that the caller has written: the runtime must see it. */
  readonly sequence: number;
  /** First finish what is in work, without taking up new work; at most 60 s. */
  readonly drain: boolean;
}
