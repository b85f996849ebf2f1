/** What an environment has to run at a time. Pure. */
import type { Release } from './release.ts';

export interface InForce {
  /** Hash of the bundle; `null`: nothing. */
  readonly bundle: string | null;
  /** What said so: the last release; after a break-glass that is over, the one before. `null`: nothing was ever ordered. */
  readonly by: Release | null;
  /** While glass is broken: when it ends. */
  readonly until: number | null;
  /** Of the last release, which the next one has to exceed; 0: none. */
  readonly lastSequence: number;
}

const NOTHING: InForce = { bundle: null, by: null, until: null, lastSequence: 0 };

/** @param releases oldest first */
export function inForce(releases: readonly Release[], now: number): InForce {
  const last = releases.at(-1);
  if (!last) return NOTHING;
  const lastSequence = last.sequence;
  if (last.kind === 'break-glass' && now >= last.until) {
    // Glass may be broken twice in a row: the second goes back to the first, or to what was there before both.
    const before = inForce(releases.slice(0, -1), now);
    return { ...before, lastSequence };
  }
  return { bundle: last.bundle, by: last, until: last.kind === 'break-glass' ? last.until : null, lastSequence };
}
