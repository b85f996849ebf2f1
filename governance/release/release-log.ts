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
  type OrderAgainst,
  type TrustStore,
  type Verification,
} from '../bundle/index.ts';
import { releaseErrors } from './errors.ts';
import { inForce } from './in-force.ts';
import { readLogFiles } from './release-folder.ts';
import { readReleaseFile, type Release, type ReleaseFile } from './release.ts';

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
    return await judged(file, against);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    const { environment } = trust;
    throw releaseErrors.create('release-invalid', { environment, sequence, problem: error.message }, { cause: error });
  }
}

async function judged({ entry }: ReleaseFile, against: OrderAgainst): Promise<Release> {
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
 * Whether the bundle of a release may run: judged at the time and by the trust store of the release, so that an approval's
 * age or a colleague's leaving does not stop a hospital at night.
 * @param trustStore the newest
 */
export async function verifyReleased(
  bundle: Uint8Array<ArrayBuffer>,
  release: Release,
  trustStore: TrustStore,
): Promise<Verification> {
  const result = await verifyBundle(bundle, {
    trustStore: await trustAt(trustStore, release.trust),
    environment: trustStore.environment,
    now: release.acceptedAt,
    approvals: release.kind === 'break-glass' ? 'waived' : 'needed',
  });
  if (!result.ok || result.bundle.hash === release.bundle) return result;
  const { sequence } = release;
  const problem = 'its file holds another bundle than was ordered.';
  const reason = releaseErrors.create('release-invalid', { environment: trustStore.environment, sequence, problem });
  return { ok: false, reasons: [reason], bundle: result.bundle };
}

const disordered = (environment: string, problem: string): Error =>
  releaseErrors.create('release-log-disordered', { environment, problem });
