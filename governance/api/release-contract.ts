/** Environments, releases, keys and trust stores in the console's API. Times are epoch milliseconds, hashes hexadecimal. */
import type { Envelope, KeyFile, Policy, TrustedKey } from '../bundle/index.ts';
import type { ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';

export type { DriftFinding, ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';

/** GET /environments (permission `release:read`). Only those behind the gate. */
export interface EnvironmentList {
  readonly environments: readonly EnvironmentView[];
}

/** GET /environments/:environment */
export interface EnvironmentView {
  readonly name: string;
  /** `null`: the runtime does not answer. */
  readonly runtime: RuntimeRelease | null;
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

/** POST /environments/:environment/plan (`release:read`) -> ReleasePlan. The bundle: of a proposal, or one that ran. */
export interface PlanWish {
  readonly bundle: string;
  readonly kind: 'order' | 'break-glass';
}
export type PlanAnswer = ReleasePlan;

/**
 * POST /environments/:environment/releases (`release:order`; the signature decides in the end) -> EnvironmentView.
 * `entry`: a signed order or break-glass.
 */
export interface ReleaseWish {
  readonly entry: Envelope;
  readonly drain: boolean;
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
  /** What is missing; empty: it can be installed. */
  readonly missing: string;
}
/**
 * POST /trust/:environment/changes (`trust:propose`) { envelope } -> TrustChangeView;
 * POST /trust/:environment/changes/:id/signatures (any person) { envelope } -> TrustChangeView; the one that completes it installs it;
 * POST /trust/:environment/changes/:id/withdraw (its proposer).
 */
export interface TrustWish {
  readonly envelope: Envelope;
}

/** GET /changes (any person): what went into force, for clinicians. GET /changes/feed.json: the same as a JSON Feed 1.1. */
export interface ChangeList {
  readonly changes: readonly ClinicalChange[];
}
export interface ClinicalChange {
  readonly environment: string;
  readonly sequence: number;
  readonly at: number;
  readonly kind: 'order' | 'break-glass' | 'rollback';
  readonly title: string;
  readonly summary: string;
  /** Per definition: its title and what changed, in clinical words. */
  readonly definitions: readonly { readonly name: string; readonly title: string; readonly lines: readonly string[] }[];
}
