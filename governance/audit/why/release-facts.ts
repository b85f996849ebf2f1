import type { ReleaseFact } from '../../api/audit-contract.ts';

/**
 * Where a version of a definition came from: the bundle and proposal that brought it there, who wrote and approved it, who
 * promoted it. Implemented by whatever keeps releases; without one every version counts as not promoted.
 */
export interface ReleaseFacts {
  /** `null`: no signed bundle brought this version to this environment, as everything on staging. */
  ofVersion(environment: string, definition: string, version: string): Promise<ReleaseFact | null>;
}

export const NO_RELEASES: ReleaseFacts = { ofVersion: () => Promise.resolve(null) };
