/** Which release may run in place of another, and which may not run at all. */
import { inForce, type Release } from '../../governance/release/index.ts';
import { candidateOf, type Candidate } from './candidate.ts';
import type { GateOptions } from './gate.ts';
import type { Judged } from './judge.ts';
import type { RememberedRelease } from './memory.ts';
import { obstacles, unrunnable } from './plan.ts';

type Options = Pick<GateOptions, 'folders' | 'host' | 'clock'>;

/**
 * A release that never ran has to fit; one that ran is run again whatever became of what is around it.
 * @throws WardflowError the first of what stands in its way
 */
export function refuseUnfit(
  { folders, host }: Options,
  { bundle, release }: Candidate,
  last: RememberedRelease | null,
): void {
  const isNew = release.sequence > (last?.sequence ?? 0);
  const [first] = isNew
    ? obstacles(bundle, release, folders.environment, host)
    : unrunnable(bundle, folders.environment, host.installed());
  if (first) throw first;
}

/** What ran last, if that may still run: an entry that cannot be carried out leaves what was there. */
export async function fallback(
  { folders, clock, host }: Options,
  judged: Judged,
  ran: RememberedRelease | null,
): Promise<Candidate | null> {
  const release = ran && judged.releases.find(({ hash }) => hash === ran.hash);
  if (!release || release === judged.inForce.by) return null;
  if (release.kind === 'break-glass' && release.until <= clock.now()) return null;
  try {
    const candidate = await candidateOf(folders, release, judged);
    return unrunnable(candidate.bundle, folders.environment, host.installed()).length > 0 ? null : candidate;
  } catch {
    return null;
  }
}

/** What comes back when the time of broken glass is over; `null`: nothing, or no glass is broken. */
export async function underneath({ folders }: Options, release: Release, judged: Judged): Promise<Candidate | null> {
  if (release.kind !== 'break-glass') return null;
  const { by } = inForce(judged.releases, release.until);
  return by && candidateOf(folders, by, judged).catch(() => null);
}
