/**
 * The releases of an environment, verified: each was signed by somebody who was allowed to, under the trust store of its
 * time, and replaces what ran then. Whether a bundle in it may run says `verifyReleased`.
 */
import { WardflowError } from '../../engine/index.ts';
import {
  mediaType,
  trustAt,
  verifyBreakGlass,
  verifyBundle,
  verifyOrder,
  type Bundle,
  type OrderAgainst,
  type Risk,
  type TrustStore,
  type Verification,
} from '../bundle/index.ts';
import { releaseErrors } from './errors.ts';
import { inForce } from './in-force.ts';
import { readLogFiles } from './release-folder.ts';
import {
  readReleaseFile,
  type BreakGlassRelease,
  type OrderedRelease,
  type Release,
  type ReleaseFile,
} from './release.ts';

/**
 * Oldest first; empty where nothing was ever released.
 * @throws WardflowError `release-*`, `trust-version-unknown`
 */
export async function readReleaseLog(folder: string, trustStore: TrustStore): Promise<readonly Release[]> {
  const { environment } = trustStore;
  const releases: Release[] = [];
  let trust: TrustStore | undefined;
  for (const { sequence, content } of await readLogFiles(folder)) {
    const file = readReleaseFile(content, environment, sequence);
    if (file.trust.version < (trust?.version ?? 1))
      throw disordered(environment, `${sequence} was judged under an older trust store than the one before`);
    if (trust?.hash !== file.trust.hash) trust = await trustAt(trustStore, file.trust);
    const release = await readRelease(file, sequence, trust, releases);
    if (release.sequence !== sequence) throw disordered(environment, `${sequence} has another number inside`);
    // Broken glass that is over left nothing behind that would miss it: its number does.
    if (sequence !== releases.length + 1) throw disordered(environment, `${releases.length + 1} is missing`);
    releases.push(release);
  }
  return releases;
}

/**
 * One release that follows others.
 * @param trust in the version that the file names, or the newest where it is new
 * @throws WardflowError `release-invalid`, with the reason as its cause
 */
export async function readRelease(
  file: ReleaseFile,
  sequence: number,
  trust: TrustStore,
  before: readonly Release[],
): Promise<Release> {
  const acceptedAt = Date.parse(file.acceptedAt);
  if (acceptedAt < (before.at(-1)?.acceptedAt ?? 0))
    throw disordered(trust.environment, `${sequence} was carried out before the one before it`);
  const { bundle: running, lastSequence } = inForce(before, acceptedAt);
  const against: OrderAgainst = {
    environment: trust.environment,
    trustStore: trust,
    state: { running, lastSequence },
    now: acceptedAt,
  };
  try {
    return placed(await judged(file, against), before);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    const { environment } = trust;
    throw releaseErrors.create('release-invalid', { environment, sequence, problem: error.message }, { cause: error });
  }
}

type Ordered = Pick<OrderedRelease, Exclude<keyof OrderedRelease, Place>>;
type GlassBroken = Pick<BreakGlassRelease, Exclude<keyof BreakGlassRelease, Place>>;
type Place = 'bases' | 'first' | 'ranBefore';

/** With what the releases before it say of its bundle. */
function placed(release: Ordered | GlassBroken, before: readonly Release[]): Release {
  const { bundle, acceptedAt, trust } = release;
  const earlier = before.find((one) => one.kind === 'order' && one.bundle === bundle);
  const bases: (string | null)[] = [release.previous];
  for (let { by } = inForce(before, acceptedAt); by?.kind === 'break-glass';) {
    bases.push(by.previous);
    const under = before.slice(0, before.indexOf(by));
    ({ by } = inForce(under, acceptedAt));
  }
  const first = earlier?.first ?? { acceptedAt, trust };
  return { ...release, bases, first, ranBefore: earlier !== undefined };
}

async function judged({ entry }: ReleaseFile, against: OrderAgainst): Promise<Ordered | GlassBroken> {
  const input = JSON.stringify(entry);
  const { version, hash: head } = against.trustStore;
  const common = { acceptedAt: against.now, trust: { version, hash: head } };
  if (entry.payloadType === mediaType('break-glass')) {
    const { order, person, hash } = await verifyBreakGlass(input, against);
    const { sequence, bundle, previous, reason } = order;
    const times = { orderedAt: Date.parse(order.at), until: Date.parse(order.until) };
    return { kind: 'break-glass', sequence, bundle, previous, person, reason, hash, ...times, ...common };
  }
  const { order, person, hash } = await verifyOrder(input, against);
  const { sequence, bundle, previous } = order;
  return { kind: 'order', sequence, bundle, previous, person, hash, orderedAt: Date.parse(order.at), ...common };
}

/**
 * Whether the bundle of a release may run: it changes what ran, or ran before, and its approvals are judged at the time and
 * by the trust store of its first order, so that neither an approval's age nor a colleague's leaving stops a hospital at night.
 * @param trustStore the newest
 * @param floor the risk of what it changes (`riskOfBases`), where it is judged for the first time
 */
export async function verifyReleased(
  bundle: Uint8Array<ArrayBuffer> | Bundle,
  release: Release,
  trustStore: TrustStore,
  floor?: Risk,
): Promise<Verification> {
  const { environment } = trustStore;
  const { sequence, kind, first, bases, ranBefore } = release;
  const result = await verifyBundle(bundle, {
    trustStore: await trustAt(trustStore, kind === 'order' ? first.trust : release.trust),
    environment,
    now: kind === 'order' ? first.acceptedAt : release.acceptedAt,
    approvals: kind === 'break-glass' ? 'waived' : 'needed',
    floor: ranBefore ? undefined : floor,
  });
  if (!result.ok) return result;
  const refused = (reason: WardflowError): Verification => ({ ok: false, reasons: [reason], bundle: result.bundle });
  if (result.bundle.hash !== release.bundle) {
    const problem = 'its file holds another bundle than was ordered.';
    return refused(releaseErrors.create('release-invalid', { environment, sequence, problem }));
  }
  const { base } = result.bundle.manifest;
  if (ranBefore || bases.includes(base)) return result;
  return refused(
    releaseErrors.create('release-base-differs', { environment, base: short(base), running: short(release.previous) }),
  );
}

const short = (hash: string | null): string => hash?.slice(0, 12) ?? 'nothing';

const disordered = (environment: string, problem: string): Error =>
  releaseErrors.create('release-log-disordered', { environment, problem });
