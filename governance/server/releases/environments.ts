/** What the environments behind the gate have to run, as the console shows it: read from the files each time, verified. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName, WardflowError } from '../../../engine/index.ts';
import type { EnvironmentView, PullAnswer, ReleaseView, TrustView } from '../../api/release-contract.ts';
import type { TrustStore } from '../../bundle/index.ts';
import { consoleErrors } from '../../errors.ts';
import {
  createReleaseRuntime,
  inForce,
  readBundleFile,
  readLogFiles,
  readReleaseFile,
  readReleaseLog,
  releaseErrors,
  releaseFolderOf,
  verifyReleased,
  type Release,
  type ReleaseRuntime,
} from '../../release/index.ts';
import { readTrustFolder, trustFolderOf } from '../../trust/trust-folder.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { RuntimeDirectory } from '../runtimes.ts';

export interface EnvironmentParts {
  readonly dataFolder: string;
  readonly runtimes: RuntimeDirectory;
  readonly now: () => number;
  /** Absent: there are no proposals. */
  readonly proposals?: ReleasedProposals;
}

export interface Environments {
  names(): Promise<readonly string[]>;
  /** @throws `not-found` */
  check(name: string): Promise<void>;
  /** Verified. @throws `release-*`, `trust-*` */
  releases(name: string): Promise<readonly Release[]>;
  /** `null`: nobody has made one. @throws `trust-*` */
  trust(name: string): Promise<TrustStore | null>;
  runtime(name: string, actor: string): ReleaseRuntime | 'elsewhere';
  /** @param trust as the caller shows it */
  view(name: string, actor: string, trust: TrustView | null): Promise<EnvironmentView>;
  pull(name: string, after: number): Promise<PullAnswer>;
  /** Of a proposal, or one that was ordered. @throws `release-bundle-missing` */
  bundleFile(name: string, hash: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Without the gate: it runs what its folder of definitions holds. */
const UNGATED = 'staging';
const MOST_RELEASES = 200;
const MOST_PULLED = 20;

type Facts = Pick<ReleaseView, 'summary' | 'author' | 'approvedBy' | 'definitions' | 'proposal'>;
const UNKNOWN: Facts = { summary: '', author: '', approvedBy: [], definitions: [], proposal: null };

export function createEnvironments({ dataFolder, runtimes, now, proposals }: EnvironmentParts): Environments {
  const logs = new Map<string, { readonly key: string; readonly releases: readonly Release[] }>();
  /** By the hash of the release: what was judged once stays judged. */
  const facts = new Map<string, Facts>();

  async function names(): Promise<readonly string[]> {
    const gated = runtimes.names.filter((name) => name !== UNGATED);
    return [...new Set([...gated, ...(await foldersIn(join(dataFolder, 'trust')))])].toSorted();
  }

  async function trust(name: string): Promise<TrustStore | null> {
    try {
      return await readTrustFolder(trustFolderOf(dataFolder, name), name);
    } catch (error) {
      if (error instanceof WardflowError && error.code === 'trust-store-missing') return null;
      throw error;
    }
  }

  async function releases(name: string): Promise<readonly Release[]> {
    const store = await trust(name);
    if (!store) return [];
    const folder = releaseFolderOf(dataFolder, name);
    const files = await readLogFiles(folder);
    const key = createHash('sha256')
      .update(JSON.stringify([store.hash, files]))
      .digest('hex');
    const known = logs.get(name);
    if (known?.key === key) return known.releases;
    const read = await readReleaseLog(folder, store);
    logs.set(name, { key, releases: read });
    return read;
  }

  async function factsOf(name: string, release: Release, store: TrustStore): Promise<Facts> {
    const known = facts.get(release.hash);
    if (known) return known;
    const file = await readBundleFile(releaseFolderOf(dataFolder, name), release.bundle);
    const result = file && (await verifyReleased(file, release, store));
    if (!result?.ok) return UNKNOWN;
    const { bundle, author, verdict } = result;
    const proposal = await proposals?.ofBundle(name, release.bundle);
    const found: Facts = {
      summary: author.statement.summary,
      author: author.key.person,
      approvedBy: verdict.seats.flatMap(({ role, person }) => (person === null ? [] : [{ role, person }])),
      definitions: bundle.manifest.definitions.map(({ name: definition, hash }) => ({
        name: definition,
        version: hash,
      })),
      proposal: proposal ? { number: proposal.number, title: proposal.title } : null,
    };
    facts.set(release.hash, found);
    return found;
  }

  const runtime = (name: string, actor: string): ReleaseRuntime | 'elsewhere' =>
    runtimes.names.includes(name)
      ? createReleaseRuntime({ environment: name, locate: () => runtimes.locate(name), actor })
      : 'elsewhere';

  return {
    names,
    trust,
    releases,
    runtime,
    async check(name) {
      if (!(await names()).includes(name)) throw consoleErrors.create('not-found');
    },
    async view(name, actor, trustView) {
      const store = await trust(name);
      const log = await releases(name);
      const asked = runtime(name, actor);
      const told = asked === 'elsewhere' ? null : await asked.current();
      const { bundle, by, until, lastSequence } = inForce(log, now());
      const shown = log.slice(-MOST_RELEASES).toReversed();
      const views = store
        ? await Promise.all(shown.map(async (release) => viewOf(release, await factsOf(name, release, store))))
        : [];
      return {
        name,
        place: asked === 'elsewhere' ? 'elsewhere' : 'here',
        runtime: told?.kind === 'answer' ? told.value : null,
        inForce: bundle === null || !by ? null : { bundle, sequence: by.sequence, until },
        releases: views,
        trust: trustView,
        next: { sequence: lastSequence + 1, previous: bundle },
      };
    },
    async pull(name, after) {
      const store = await trust(name);
      if (!store) throw consoleErrors.create('not-found');
      // Nothing goes out that would be refused where it arrives.
      const log = await releases(name);
      const files = await readLogFiles(releaseFolderOf(dataFolder, name));
      const entries = log
        .filter(({ sequence }) => sequence > after)
        .slice(0, MOST_PULLED)
        .flatMap(({ sequence, bundle }) => {
          const found = files.find((one) => one.sequence === sequence);
          return found ? [{ sequence, bundle, file: readReleaseFile(found.content, name, sequence) }] : [];
        });
      return { environment: name, trust: store.file, entries, lastSequence: log.at(-1)?.sequence ?? 0 };
    },
    async bundleFile(name, hash) {
      const ordered = (await releases(name)).some((one) => one.bundle === hash);
      const kept = ordered ? await readBundleFile(releaseFolderOf(dataFolder, name), hash) : undefined;
      const file = kept ?? (await proposals?.ofBundle(name, hash))?.file;
      if (!file) throw releaseErrors.create('release-bundle-missing', { bundle: hash.slice(0, 12), environment: name });
      return file;
    },
  };
}

function viewOf(release: Release, facts: Facts): ReleaseView {
  const { sequence, kind, bundle, previous, acceptedAt, person } = release;
  const glass = release.kind === 'break-glass' ? release : null;
  return {
    sequence,
    kind,
    rollback: release.ranBefore,
    bundle,
    previous,
    ...facts,
    orderedBy: person,
    acceptedAt,
    until: glass?.until ?? null,
    reason: glass?.reason ?? null,
  };
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((one) => one.isDirectory() && /^[a-z][a-z0-9-]{0,62}$/.test(one.name))
      .map(({ name }) => name);
  } catch (error) {
    if (errorName(error) === 'ENOENT') return [];
    throw error;
  }
}
