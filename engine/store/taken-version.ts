import type { SeenVersion, Taken, TakenVersion } from './contract/index.ts';

type Kept = TakenVersion & Pick<SeenVersion, 'lastUpdated'>;
type Verdict = { readonly taken: Taken; readonly isNew: boolean };

const REPEAT: Verdict = { taken: { kind: 'repeat' }, isNew: false };

/** Whether the work is the one that processes the version, over what was taken of the resource before; both adapters. */
export function judgeTaken(kept: Kept | undefined, seen: SeenVersion): Verdict {
  if (!kept) return { taken: { kind: 'first', before: null }, isNew: true };
  const isSameWork = kept.workId === seen.workId;
  if (kept.versionId === seen.versionId)
    return isSameWork ? { taken: { kind: 'first', before: kept.before }, isNew: false } : REPEAT;
  const isOlder = kept.lastUpdated !== null && seen.lastUpdated !== null && seen.lastUpdated < kept.lastUpdated;
  // Work that finds a newer version when it is delivered again still has all to tell since the one before its first.
  return isOlder
    ? REPEAT
    : { taken: { kind: 'first', before: isSameWork ? kept.before : kept.versionId }, isNew: true };
}
