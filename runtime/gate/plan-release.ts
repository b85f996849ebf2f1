/** The plan of a release that nobody has ordered yet: its bundle lies among the releases. */
import type { WardflowError } from '../../engine/index.ts';
import { readBundle, verifyBundle, type Bundle } from '../../governance/bundle/index.ts';
import { readBundleFile, releaseErrors, riskOfBases, type Release } from '../../governance/release/index.ts';
import type { PlanRequest, ReleasePlan } from '../api/release-contract.ts';
import { readKept, type Candidate } from './candidate.ts';
import type { GateOptions } from './gate.ts';
import type { Judged } from './judge.ts';
import { obstacles, planOf } from './plan.ts';

type Options = Pick<GateOptions, 'folders' | 'host' | 'clock'>;

/** @throws WardflowError `release-bundle-missing`, and what reading a bundle throws */
export async function planRelease(
  options: Options,
  { bundle: hash, kind }: PlanRequest,
  judged: Judged,
  running: Candidate | null,
): Promise<ReleasePlan> {
  const { folders, host } = options;
  const { environment } = folders;
  const bytes = await readBundleFile(folders.releases, hash);
  const bundle = bytes && (await readBundle(bytes));
  if (bundle?.hash !== hash)
    throw releaseErrors.create('release-bundle-missing', { bundle: hash.slice(0, 12), environment });
  const ranBefore = judged.releases.some((one) => one.kind === 'order' && one.bundle === hash);
  const refusals = [
    ...(ranBefore ? [] : await notApproved(options, bundle, kind, judged)),
    ...obstacles(bundle, { kind, ranBefore }, environment, host),
  ];
  const now = running && { hash: running.bundle.hash, definitions: running.definitions };
  return planOf(bundle, refusals, { running: now, host, openWork: await host.openWork() });
}

async function notApproved(
  { folders, clock }: Options,
  bundle: Bundle,
  kind: PlanRequest['kind'],
  { trust: trustStore, inForce }: Judged,
): Promise<readonly WardflowError[]> {
  const { environment } = folders;
  const approvals = kind === 'break-glass' ? 'waived' : 'needed';
  const bases = basesOf(inForce.by);
  const floor = await riskOfBases(bases, (one) => readKept(folders, one));
  const result = await verifyBundle(bundle, { trustStore, environment, now: clock.now(), approvals, floor });
  const { base } = bundle.manifest;
  return [
    ...(result.ok ? [] : result.reasons),
    ...(bases.includes(base)
      ? []
      : [
          releaseErrors.create('release-base-differs', {
            environment,
            base: short(base),
            running: short(inForce.bundle),
          }),
        ]),
  ];
}

/** What the next release's bundle may change: what runs, and under broken glass what ran before it. */
function basesOf(by: Release | null): readonly (string | null)[] {
  if (!by) return [null];
  return by.kind === 'break-glass' ? [by.bundle, ...by.bases] : [by.bundle];
}

const short = (hash: string | null): string => hash?.slice(0, 12) ?? 'nothing';
