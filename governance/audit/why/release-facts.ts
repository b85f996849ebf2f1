import type { ReleaseFact } from '../../api/audit-contract.ts';

/**
 * Where a version of a definition came from: the bundle and proposal that brought it there, who wrote and approved it, who
 * promoted it. Implemented by what keeps releases.
 */
export interface ReleaseFacts {
  /** `null`: no signed bundle brought this version to this environment, as everything on staging. */
  ofVersion(environment: string, definition: string, version: string): Promise<ReleaseFact | null>;
}
