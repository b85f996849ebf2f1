/**
 * Carrying out an order, or breaking glass: the one way in which an environment gets something else to run, for the console,
 * the command line and whoever pulls from another host.
 */
import { WardflowError, type AuditType } from '../../engine/index.ts';
import type { ReleasePlan, RuntimeRelease } from '../../runtime/api/release-contract.ts';
import { mediaType, type Bundle, type Bytes, type Envelope, type TrustStore } from '../bundle/index.ts';
import { readTrustFolder, trustFolderOf } from '../trust/read-trust-folder.ts';
import { riskOfBases } from './base-risk.ts';
import { releaseErrors } from './errors.ts';
import { whileLocked } from './lock.ts';
import { readBundleFile, releaseFolderOf, writeBundleFile, writeLogFile } from './release-folder.ts';
import { readRelease, readReleaseLog, verifyReleased } from './release-log.ts';
import type { ReleaseRuntime } from './release-runtime.ts';
import { readReleaseFile, releaseFileText, type Release, type ReleaseFile } from './release.ts';

/** Where releases are carried out. */
export interface Site {
  readonly dataFolder: string;
  readonly environment: string;
  /** `elsewhere`: no runtime of this environment runs from this data folder; it pulls, or starts later. */
  readonly runtime: ReleaseRuntime | 'elsewhere';
  readonly now: () => number;
  /** Each refusal and each success is recorded. */
  readonly audit: (type: AuditType, details: Readonly<Record<string, string | number>>, reason?: string) => void;
  /** Hash of the first version of the trust store, known from elsewhere. */
  readonly pin?: string;
}

export interface ReleaseOrder {
  /** The signed order or break-glass. Anybody's. */
  readonly entry: Envelope;
  /** The bundle's file; not needed for one that ran here before. Anybody's. */
  readonly bundle?: Bytes;
  /** First finish what is in work, at most 60 s. */
  readonly drain: boolean;
  /** Why, for the audit; of breaking glass it is signed already. */
  readonly reason?: string;
}

export interface CarriedOut {
  readonly release: Release;
  /** What the runtime said it would do; `null`: nobody could be asked. */
  readonly plan: ReleasePlan | null;
  /** `later`: nothing answers; it runs the release when it starts, or has pulled it. `failed`: it goes on with what it ran. */
  readonly applied:
    | { readonly kind: 'applied'; readonly runtime: RuntimeRelease }
    | { readonly kind: 'later' }
    | { readonly kind: 'failed'; readonly problem: WardflowError };
}

/**
 * Afterwards the log has the order, whatever becomes of applying it.
 * @throws WardflowError `release-*`, `order-*`, `break-glass-*`, `approvals-missing` and whatever else verifying finds: then
 *   nothing has changed
 */
export async function carryOut(site: Site, order: ReleaseOrder): Promise<CarriedOut> {
  const { environment } = site;
  try {
    const { release, plan } = await whileLocked(releaseFolderOf(site.dataFolder, environment), environment, () =>
      written(site, order),
    );
    return { release, plan, applied: await apply(site, release, order.drain) };
  } catch (error) {
    if (error instanceof WardflowError)
      site.audit('release.refused', { environment, code: error.code, what: kindOf(order.entry) });
    throw error;
  }
}

async function written(
  site: Site,
  { entry, bundle: given, reason }: ReleaseOrder,
): Promise<{ readonly release: Release; readonly plan: ReleasePlan | null }> {
  const { dataFolder, environment, now } = site;
  const folder = releaseFolderOf(dataFolder, environment);
  const trust = await readTrustFolder(trustFolderOf(dataFolder, environment), environment, site.pin);
  const before = await readReleaseLog(folder, trust);
  const file: ReleaseFile = {
    kind: 'release',
    format: 1,
    entry,
    trust: { version: trust.version, hash: trust.hash },
    acceptedAt: new Date(now()).toISOString(),
  };
  const release = await judgedNow(file, trust, before);
  const bundle = await soundBundle(folder, release, trust, given);
  if (bundle.place) await writeBundleFile(folder, environment, bundle.bundle);
  const plan = await planned(site, release);
  await writeLogFile(folder, environment, release.sequence, releaseFileText(file));
  record(site, release, reason);
  return { release, plan };
}

/** As every reader will judge it; the reason itself is told, not that an entry of the log is not valid. */
async function judgedNow(file: ReleaseFile, trust: TrustStore, before: readonly Release[]): Promise<Release> {
  const next = (before.at(-1)?.sequence ?? 0) + 1;
  const { environment } = trust;
  // What no reader would take must not be written.
  readReleaseFile(releaseFileText(file), environment, next);
  try {
    const release = await readRelease(file, next, trust, before);
    // A jump would leave no number to those who come after.
    if (release.sequence !== next)
      throw releaseErrors.create('release-number-taken', { environment, sequence: release.sequence, next });
    return release;
  } catch (error) {
    throw error instanceof WardflowError && error.cause instanceof WardflowError ? error.cause : error;
  }
}

/** The first file that may run: for what ran before the one that is kept, whose signatures count by its own time. */
async function soundBundle(
  folder: string,
  release: Release,
  trust: TrustStore,
  given: Bytes | undefined,
): Promise<{ readonly bundle: Bundle; readonly place: boolean }> {
  const kept = await readBundleFile(folder, release.bundle);
  const candidates = release.ranBefore ? [kept, given] : [given, kept];
  const floor = await riskOfBases(release.bases, (hash) => readBundleFile(folder, hash));
  let refusal: WardflowError | undefined;
  for (const file of candidates) {
    if (!file) continue;
    const result = await verifyReleased(file, release, trust, floor);
    if (result.ok) return { bundle: result.bundle, place: file !== kept };
    refusal ??= result.reasons[0];
  }
  const { environment } = trust;
  throw refusal ?? releaseErrors.create('release-bundle-missing', { bundle: release.bundle.slice(0, 12), environment });
}

async function planned({ runtime, environment }: Site, release: Release): Promise<ReleasePlan | null> {
  if (runtime === 'elsewhere') return null;
  const told = await runtime.plan({ bundle: release.bundle, kind: release.kind });
  if (told.kind === 'refused') throw told.problem;
  if (told.kind === 'silent') {
    // A runtime that cannot start with what it has must be mendable.
    if (release.ranBefore || release.kind === 'break-glass') return null;
    throw releaseErrors.create('release-runtime-silent', { environment });
  }
  const { refusals } = told.value;
  if (refusals.length > 0)
    throw releaseErrors.create('release-plan-refused', {
      environment,
      problems: refusals.map(({ title }) => title).join(' '),
      remedies: [...new Set(refusals.map(({ remedy }) => remedy))].join(' '),
    });
  return told.value;
}

function record({ audit, environment }: Site, release: Release, reason: string | undefined): void {
  const { bundle, previous, person, sequence } = release;
  const details = { environment, bundle, sequence, person, ...(previous === null ? {} : { previous }) };
  if (release.kind === 'break-glass')
    audit('release.glass-broken', { ...details, until: new Date(release.until).toISOString() }, release.reason);
  else audit(release.ranBefore ? 'release.rolled-back' : 'release.ordered', details, reason);
}

async function apply(site: Site, { sequence }: Release, drain: boolean): Promise<CarriedOut['applied']> {
  const { runtime, environment, audit } = site;
  if (runtime === 'elsewhere') return { kind: 'later' };
  const told = await runtime.apply({ sequence, drain });
  if (told.kind === 'silent') {
    audit('release.not-applied', { environment, sequence, code: 'release-runtime-silent' });
    return { kind: 'later' };
  }
  const problem = told.kind === 'refused' ? told.problem : told.value.problem && asError(told.value.problem);
  if (problem) {
    audit('release.not-applied', { environment, sequence, code: problem.code });
    return { kind: 'failed', problem };
  }
  if (told.kind === 'refused') throw new TypeError('a refusal has its problem');
  return { kind: 'applied', runtime: told.value };
}

const asError = ({ code, title, remedy }: NonNullable<RuntimeRelease['problem']>): WardflowError =>
  new WardflowError(code, { class: 'permanent', text: title, remedy });

const kindOf = ({ payloadType }: Envelope): string =>
  payloadType === mediaType('break-glass') ? 'break-glass' : 'order';
