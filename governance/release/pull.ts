/**
 * Releases fetched from another host: an environment whose runtime runs here, and whose releases are ordered there. What comes
 * is believed for its signatures alone, against the trust store that was pinned here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, WardflowError, type AuditType } from '../../engine/index.ts';
import { pinOf, readTrustStore, trustAt, type Bytes, type TrustStore } from '../bundle/index.ts';
import { keepTrust, readTrustFolder, trustFolderOf } from '../trust/trust-folder.ts';
import { releaseErrors } from './errors.ts';
import { whileLocked } from './lock.ts';
import { createPullClient, type PullAnswer, type PullClient, type PulledEntry } from './pull-client.ts';
import { readBundleFile, readLogFiles, releaseFolderOf, writeBundleFile, writeLogFile } from './release-folder.ts';
import { readRelease, readReleaseLog, verifyReleased } from './release-log.ts';
import type { ReleaseRuntime } from './release-runtime.ts';
import { readReleaseFile, releaseFileText, type Release } from './release.ts';

export interface PullOptions {
  readonly dataFolder: string;
  readonly environment: string;
  /** The console of the other host: https, or http on loopback. */
  readonly from: string;
  /** Of a service account there with the scope `release:read`; read anew each time. */
  readonly token: () => Promise<string>;
  readonly runtime: ReleaseRuntime;
  readonly now: () => number;
  readonly audit: (type: AuditType, details: Readonly<Record<string, string | number>>, reason?: string) => void;
}

export interface Pulled {
  /** Sequences of the releases that came. */
  readonly releases: readonly number[];
  /** The version of the trust store, where a newer one came. */
  readonly trust: number | null;
}

/** Clocks of two hosts differ a little. */
const SKEW_MS = 5 * 60_000;
const STATE_FILE = '.pull.json';

/**
 * Fetches what is new, and tells the runtime. Whatever was taken over before something was refused stays.
 * @throws WardflowError `pull-*`, and whatever verifying finds
 */
export async function pullOnce(options: PullOptions): Promise<Pulled> {
  const round: Round = {
    options,
    client: createPullClient({ ...options, token: await options.token() }),
    releases: [],
    told: 0,
  };
  let trust: number | null = null;
  const { dataFolder, environment } = options;
  const floor = await readFloor(releaseFolderOf(dataFolder, environment));
  for (;;) {
    const step = await fetchPage(round, floor);
    trust = step.trust ?? trust;
    if (step.done) return { releases: round.releases, trust };
  }
}

interface Round {
  readonly options: PullOptions;
  readonly client: PullClient;
  readonly releases: number[];
  /** The last one that the runtime was told of. */
  told: number;
}

async function fetchPage(
  round: Round,
  floor: number,
): Promise<{ readonly done: boolean; readonly trust: number | null }> {
  const { dataFolder, environment } = round.options;
  const folder = releaseFolderOf(dataFolder, environment);
  const local = await readTrustFolder(trustFolderOf(dataFolder, environment), environment);
  const last = (await readReleaseLog(folder, local)).at(-1)?.sequence ?? 0;
  // With the last one that is known: it has to be the same there.
  const answer = await round.client.pull(Math.max(0, last - 1));
  await refuseOther(folder, environment, last, answer);
  // Only a chain that goes on from the version that was pinned here: an older one lacks revocations.
  const store = await readTrustStore(JSON.stringify(answer.trust), pinOf(local));
  const fresh = answer.entries.filter(({ sequence }) => sequence > last);
  let kept = local;
  const keep = async (): Promise<void> => {
    // What was ordered before the trust store changed runs before it changes here.
    await tell(round);
    if (store.version > kept.version) await keepNewer(round.options, store);
    kept = store;
  };
  try {
    for (const entry of fresh) {
      if (entry.file.trust.version > kept.version) await keep();
      await takeOver(round.options, round.client, entry, store, floor);
      round.releases.push(entry.sequence);
    }
  } finally {
    // Also where an entry is refused: a revocation must not wait for it.
    await keep();
  }
  if (fresh.length === 0) await writeFloor(folder, store.version);
  return { done: fresh.length === 0, trust: store.version > local.version ? store.version : null };
}

/** Where the runtime does not answer it runs them when it starts. */
async function tell(round: Round): Promise<void> {
  const newest = round.releases.at(-1) ?? 0;
  if (newest <= round.told) return;
  await round.options.runtime.apply({ sequence: newest, drain: false });
  round.told = newest;
}

/** A log that is shorter than ours, or another one. */
async function refuseOther(folder: string, environment: string, last: number, answer: PullAnswer): Promise<void> {
  if (answer.environment !== environment) throw releaseErrors.create('pull-answer-unreadable', { from: 'it' });
  if (last === 0) return;
  if (answer.lastSequence < last)
    throw releaseErrors.create('pull-behind', { environment, theirs: answer.lastSequence, ours: last });
  const ours = (await readLogFiles(folder)).find(({ sequence }) => sequence === last);
  const theirs = answer.entries.find(({ sequence }) => sequence === last);
  if (!ours || !theirs) throw releaseErrors.create('pull-differs', { environment, sequence: last });
  if (releaseFileText(readReleaseFile(ours.content, environment, last)) !== releaseFileText(theirs.file))
    throw releaseErrors.create('pull-differs', { environment, sequence: last });
}

async function keepNewer({ dataFolder, environment, from, audit }: PullOptions, store: TrustStore): Promise<void> {
  const folder = trustFolderOf(dataFolder, environment);
  await whileLocked(folder, environment, async () => {
    // Somebody may have installed one here meanwhile: never a step back.
    const now = await readTrustFolder(folder, environment);
    if (store.version > now.version)
      await keepTrust(folder, await readTrustStore(JSON.stringify(store.file), pinOf(now)));
  });
  audit('trust.pulled', { environment, version: store.version, from });
}

async function takeOver(
  options: PullOptions,
  client: PullClient,
  { sequence, file, bundle }: PulledEntry,
  store: TrustStore,
  floor: number,
): Promise<void> {
  const { dataFolder, environment, now, from, audit } = options;
  const folder = releaseFolderOf(dataFolder, environment);
  const text = releaseFileText(file);
  readReleaseFile(text, environment, sequence);
  // What was ordered under a version that was replaced before the last fetch would have come with that fetch.
  if (file.trust.version < floor) throw releaseErrors.create('pull-trust-older', { environment, sequence });
  if (Date.parse(file.acceptedAt) > now() + SKEW_MS)
    throw releaseErrors.create('pull-from-future', { environment, sequence });
  const before = await readReleaseLog(folder, store);
  const release = await readRelease(file, sequence, await trustAt(store, file.trust), before);
  if (release.sequence !== sequence || sequence !== (before.at(-1)?.sequence ?? 0) + 1 || release.bundle !== bundle)
    throw releaseErrors.create('pull-differs', { environment, sequence });
  const kept = await readBundleFile(folder, bundle);
  const needed = !kept || !(await verifyReleased(kept, release, store)).ok;
  const fetched = needed ? await sound(await client.bundle(bundle), release, store) : null;
  await whileLocked(folder, environment, async () => {
    const last = (await readLogFiles(folder)).at(-1)?.sequence ?? 0;
    if (last !== sequence - 1) throw releaseErrors.create('release-in-progress', { environment });
    if (fetched) await writeBundleFile(folder, environment, fetched);
    await writeLogFile(folder, environment, sequence, text);
  });
  audit('release.pulled', { environment, sequence, bundle, person: release.person, from });
}

async function sound(file: Bytes, release: Release, store: TrustStore) {
  const result = await verifyReleased(file, release, store);
  if (result.ok) return result.bundle;
  throw result.reasons[0] ?? releaseErrors.create('pull-answer-unreadable', { from: 'it' });
}

/** The version that was known when everything had been fetched last: nothing older is ordered after that. */
async function readFloor(folder: string): Promise<number> {
  try {
    const { trust } = JSON.parse(await readFile(join(folder, STATE_FILE), 'utf8')) as { readonly trust?: unknown };
    return typeof trust === 'number' && trust >= 1 ? trust : 1;
  } catch {
    // Never fetched everything yet: the log itself still refuses a step back.
    return 1;
  }
}

async function writeFloor(folder: string, trust: number): Promise<void> {
  if ((await readFloor(folder)) >= trust) return;
  await replaceFile(join(folder, STATE_FILE), `${JSON.stringify({ trust })}\n`, 0o600);
}

export interface Puller {
  stop(): Promise<void>;
}

export interface PullerOptions extends PullOptions {
  /** Waits; ends early when the signal does. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onError?: (error: WardflowError, againInMs: number) => void;
}

export const PULL_EVERY_MS = 15_000;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** Fetches for as long as it runs. A refusal is recorded once, until it is another one or things go well again. */
export function startPuller(options: PullerOptions): Puller {
  const { environment, from, audit } = options;
  const stopped = new AbortController();
  let known: string | null = null;
  const run = async (): Promise<void> => {
    for (let failures = 0; !stopped.signal.aborted;) {
      let pause = PULL_EVERY_MS;
      try {
        await pullOnce(options);
        failures = 0;
        known = null;
      } catch (error) {
        if (!(error instanceof WardflowError)) throw error;
        pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures++, 20));
        // Nobody there is no refusal; what comes and is not right is.
        if (error.code !== 'pull-unreachable' && error.code !== known)
          audit('release.pull-refused', { environment, from, code: error.code });
        if (error.code !== known) options.onError?.(error, pause);
        known = error.code;
      }
      await options.wait(pause, stopped.signal);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
