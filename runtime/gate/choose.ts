/** Which release may run in place of another, and which may not run at all. */
import { inForce, type Release } from '../../governance/release/index.ts';
import { candidateOf, type Candidate } from './candidate.ts';
import type { GateOptions } from './gate.ts';
import type { GateFolders, Judged } from './judge.ts';
import { gateErrors } from './errors.ts';
import type { Memory, RememberedRelease } from './memory.ts';
import { obstacles, unrunnable } from './plan.ts';

type Options = Pick<GateOptions, 'folders' | 'host' | 'clock'>;

/** The log as this process read it last. */
export interface LogSeen {
  readonly at: number;
  /** Of the entries that may be as old as they say. */
  readonly hashes: ReadonlySet<string>;
}

/** Clocks of two machines differ a little. */
const SKEW_MS = 5 * 60_000;

/** An entry that is new, and dated before the log was read without it, is not among them: also not later. */
export function seenNow(before: LogSeen | null, releases: readonly Release[], now: number): LogSeen {
  const credible = releases.filter(
    ({ hash, acceptedAt }) => !before || before.hashes.has(hash) || acceptedAt >= before.at - SKEW_MS,
  );
  return { at: now, hashes: new Set(credible.map(({ hash }) => hash)) };
}

/**
 * A release that never ran is to be as new as it seems: judged by no older trust store than was seen, and not dated before
 * the log was looked at without it. Judged where it would run, since an entry that could not be carried out stays in the log.
 * @throws WardflowError `release-of-older-trust`, `release-backdated`
 */
export function refuseStale(
  { environment }: Pick<GateFolders, 'environment'>,
  { sequence, hash, trust }: Release,
  memory: Memory,
  seen: LogSeen | null,
): void {
  if (sequence <= (memory.last?.sequence ?? 0)) return;
  if (memory.trust && trust.version < memory.trust.version)
    throw gateErrors.create('release-of-older-trust', { environment, sequence });
  if (seen && !seen.hashes.has(hash)) throw gateErrors.create('release-backdated', { environment, sequence });
}

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
