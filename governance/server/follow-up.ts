/** What releases need of proposals: their bundles, and a proposal after glass was broken. Implemented by the proposals. */

export interface FollowUp {
  readonly environment: string;
  /** Hash of the bundle that runs under broken glass; its file is among the environment's releases. */
  readonly bundle: string;
  /** The person who broke it. */
  readonly by: string;
  readonly reason: string;
  /** Of the release: the same one may be told more than once (glass broken at the command line, a crash in between). */
  readonly sequence: number;
}

/** Opens the proposal that has the change approved after all; gives its number. Told again: the number of the one there is. */
export type OpenFollowUp = (followUp: FollowUp) => Promise<number>;

export interface ProposedBundle {
  readonly number: number;
  readonly title: string;
  /** The file (.wfb), with the signatures so far. */
  readonly file: Uint8Array<ArrayBuffer>;
}

export interface ReleasedProposals {
  /** The newest proposal with this bundle. */
  ofBundle(environment: string, bundle: string): Promise<ProposedBundle | undefined>;
  /** @throws `proposal-state` where it was rejected or withdrawn: its signatures would still pass the gate */
  refuseGivenUp(environment: string, bundle: string): void;
  /** An environment was ordered to run it: the proposal is done. Told again: nothing happens. */
  released(release: { readonly environment: string; readonly bundle: string; readonly by: string }): Promise<void>;
  openFollowUp: OpenFollowUp;
}
