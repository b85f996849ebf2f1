/** Environments, releases, keys and trust stores in the console's API. Times are epoch milliseconds, hashes hexadecimal. */
import type { Envelope, KeyFile, Policy, TrustedKey, TrustStoreFile } from '../bundle/index.ts';
import type { ReleaseFile } from '../release/index.ts';
import type { ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';

export type { DriftFinding, ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';

/** GET /environments (permission `release:read`). Only those behind the gate. */
export interface EnvironmentList {
  readonly environments: readonly EnvironmentView[];
}

/** GET /environments/:environment; POST /environments/:environment/check (`release:read`): after the runtime has looked for drift. */
export interface EnvironmentView {
  readonly name: string;
  /** `null`: the runtime does not answer, or it is not here. */
  readonly runtime: RuntimeRelease | null;
  /** `elsewhere`: a runtime on another host, which pulls what it has to run. */
  readonly place: 'here' | 'elsewhere';
  /** What it has to run; `null`: nothing was ever ordered. */
  readonly inForce: { readonly bundle: string; readonly sequence: number; readonly until: number | null } | null;
  /** Newest first. */
  readonly releases: readonly ReleaseView[];
  readonly trust: TrustView | null;
  /** What the next order has to say. */
  readonly next: { readonly sequence: number; readonly previous: string | null };
}

export interface ReleaseView {
  readonly sequence: number;
  readonly kind: 'order' | 'break-glass';
  /** It went back to a bundle that ran here before. */
  readonly rollback: boolean;
  readonly bundle: string;
  readonly previous: string | null;
  /** The proposal that the bundle came from; `null`: it came as a file. */
  readonly proposal: { readonly number: number; readonly title: string } | null;
  /** The author's words. */
  readonly summary: string;
  readonly author: string;
  readonly approvedBy: readonly { readonly person: string; readonly role: string }[];
  readonly orderedBy: string;
  readonly acceptedAt: number;
  readonly until: number | null;
  readonly reason: string | null;
  readonly definitions: readonly { readonly name: string; readonly version: string }[];
}

/**
 * POST /environments/:environment/plan (`release:read`) -> ReleasePlan, or `null` where no runtime can be asked. The bundle: of
 * a proposal, or one that ran.
 */
export interface PlanWish {
  readonly bundle: string;
  readonly kind: 'order' | 'break-glass';
}
export type PlanAnswer = ReleasePlan | null;

/**
 * POST /environments/:environment/releases (`release:order`; the signature decides in the end) -> ReleaseAnswer.
 * `entry`: a signed order or break-glass. GET /environments/:environment/bundles/:hash (`release:read`): the file (.wfb).
 */
export interface ReleaseWish {
  readonly entry: Envelope;
  readonly drain: boolean;
}

export interface ReleaseAnswer {
  readonly environment: EnvironmentView;
  /** `later`: no runtime answered; it runs the release when it starts, or has pulled it. `failed`: it goes on with what it ran. */
  readonly applied: 'applied' | 'later' | 'failed';
  readonly problem: { readonly code: string; readonly title: string; readonly remedy: string } | null;
  /** The proposal that was opened because glass was broken. */
  readonly followUp: number | null;
}

/**
 * GET /environments/:environment/pull?after=N (`release:read`, also for service accounts): what a host elsewhere fetches. The
 * bundles of the entries are fetched by their hashes.
 */
export interface PullAnswer {
  readonly environment: string;
  /** The trust store's file, whole: it is small, and each version is needed to verify the next. */
  readonly trust: TrustStoreFile;
  /** At most 20, oldest first. */
  readonly entries: readonly { readonly sequence: number; readonly file: ReleaseFile; readonly bundle: string }[];
  readonly lastSequence: number;
}

/** GET /keys/mine (any person): the caller's keys, wrapped by a passphrase that the server never sees. */
export interface OwnKeys {
  readonly keys: readonly OwnKey[];
}
export interface OwnKey {
  readonly file: KeyFile;
  readonly createdAt: number;
  /** Environment -> how it is trusted there. */
  readonly trusted: Readonly<Record<string, 'no' | 'asked' | 'yes' | 'revoked'>>;
}
/** POST /keys/mine with a key file that the browser made -> OwnKey. POST /keys/mine/:id/forget -> 204. */

/** GET /trust/:environment (`trust:read`) */
export interface TrustView {
  readonly environment: string;
  readonly version: number;
  readonly hash: string;
  readonly policy: Policy;
  readonly policyHash: string;
  readonly keys: readonly TrustedKey[];
  /** Proposed changes that wait for signatures. */
  readonly changes: readonly TrustChangeView[];
}
export interface TrustChangeView {
  readonly id: string;
  /** The unsigned or partly signed next version. */
  readonly envelope: Envelope;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
  /** In words: "adds the key of nils as engineer". */
  readonly changes: readonly string[];
  readonly signedBy: readonly string[];
  /** What is missing, or why it can never be installed; empty: it can be. */
  readonly missing: string;
  /** It follows a version that is no longer the newest: withdraw it and propose it anew. */
  readonly outdated: boolean;
  /** What changes in the policy, in words; empty: nothing. */
  readonly policy: readonly string[];
}
/**
 * POST /trust/:environment/changes (`trust:propose`) { envelope } -> TrustChangeView;
 * POST /trust/:environment/changes/:id/signatures (any person) { envelope } -> TrustChangeView; the one that completes it installs it;
 * POST /trust/:environment/changes/:id/withdraw (its proposer).
 */
export interface TrustWish {
  readonly envelope: Envelope;
}

/** GET /changes (`release:read`: any person): what went into force, for clinicians, newest first. GET /changes/feed.json: the same as a JSON Feed 1.1,
 * also for programs. */
export interface ChangeList {
  readonly changes: readonly ClinicalChange[];
}
export interface ClinicalChange {
  readonly environment: string;
  readonly sequence: number;
  readonly at: number;
  /** `return`: the time of a broken glass was over. */
  readonly kind: 'order' | 'break-glass' | 'rollback' | 'return';
  readonly title: string;
  readonly summary: string;
  /** Per definition: its title and what changed, in clinical words. */
  readonly definitions: readonly { readonly name: string; readonly title: string; readonly lines: readonly string[] }[];
}
