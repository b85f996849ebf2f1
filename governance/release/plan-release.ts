/** What a release would change, before anybody signs anything. */
import type { WardflowError } from '../../engine/index.ts';
import type { PlanRequest, ReleasePlan } from '../../runtime/api/release-contract.ts';
import { readBundle, verifyBundle, type Bytes } from '../bundle/index.ts';
import { readTrustFolder, trustFolderOf } from '../trust/read-trust-folder.ts';
import { riskOfBases } from './base-risk.ts';
import type { Site } from './carry-out.ts';
import { releaseErrors } from './errors.ts';
import { inForce } from './in-force.ts';
import { whileLocked } from './lock.ts';
import { readBundleFile, releaseFolderOf, writeBundleFile } from './release-folder.ts';
import { readReleaseLog } from './release-log.ts';

/**
 * Puts the bundle where the runtime reads it, and asks the runtime. What people's signatures lack is among the refusals.
 * @param given the bundle's file; not needed for one that ran here
 * @returns `null`: no runtime can be asked
 * @throws WardflowError `release-*`, `bundle-*`, `trust-store-*`; the runtime's own problem
 */
export async function planRelease(
  site: Pick<Site, 'dataFolder' | 'environment' | 'runtime' | 'now' | 'pin'>,
  { bundle: hash, kind }: PlanRequest,
  given?: Bytes,
): Promise<ReleasePlan | null> {
  const { dataFolder, environment, runtime } = site;
  const folder = releaseFolderOf(dataFolder, environment);
  const trustStore = await readTrustFolder(trustFolderOf(dataFolder, environment), environment, site.pin);
  const { ranBefore, running } = await whileLocked(folder, environment, async () => {
    const log = await readReleaseLog(folder, trustStore);
    const ordered = log.some((one) => one.bundle === hash);
    // What was ordered keeps the signatures that it was judged by.
    if (!ordered && given) await writeBundleFile(folder, environment, await readBundle(given));
    const ranBefore = log.some((one) => one.bundle === hash && one.kind === 'order');
    return { ranBefore, running: inForce(log, site.now()) };
  });
  const file = (ranBefore ? undefined : given) ?? (await readBundleFile(folder, hash));
  if (!file) throw releaseErrors.create('release-bundle-missing', { bundle: hash.slice(0, 12), environment });
  const own: WardflowError[] = [];
  if (!ranBefore) {
    const approvals = kind === 'order' ? 'needed' : 'waived';
    const bases = [running.bundle, ...(running.by?.kind === 'break-glass' ? running.by.bases : [])];
    const floor = await riskOfBases(bases, (one) => readBundleFile(folder, one));
    const result = await verifyBundle(file, { trustStore, environment, now: site.now(), approvals, floor });
    if (!result.ok) own.push(...result.reasons);
    const { base } = result.bundle?.manifest ?? { base: null };
    if (result.bundle && !bases.includes(base))
      own.push(
        releaseErrors.create('release-base-differs', {
          environment,
          base: base?.slice(0, 12) ?? 'nothing',
          running: running.bundle?.slice(0, 12) ?? 'nothing',
        }),
      );
  }
  if (runtime === 'elsewhere') return refusedBy(own);
  const told = await runtime.plan({ bundle: hash, kind });
  if (told.kind === 'silent') return refusedBy(own);
  if (told.kind === 'refused') throw told.problem;
  const known = new Set(told.value.refusals.map(({ code }) => code));
  const refusals = own.filter(({ code }) => !known.has(code)).map(problemOf);
  return { ...told.value, refusals: [...refusals, ...told.value.refusals] };
}

function refusedBy([first]: readonly WardflowError[]): null {
  if (first) throw first;
  return null;
}

const problemOf = ({ code, message, remedy }: WardflowError): ReleasePlan['refusals'][number] => ({
  code,
  title: message,
  remedy,
});
