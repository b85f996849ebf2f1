/** Whether the files of bundles that were ever ordered are still what they were: looked at again only when they changed. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { WardflowError } from '../../engine/index.ts';
import type { TrustStore } from '../../governance/bundle/index.ts';
import {
  bundlePath,
  readBundleFile,
  releaseErrors,
  verifyReleased,
  type Release,
} from '../../governance/release/index.ts';
import { finding, type Finding } from './drift.ts';
import type { GateFolders } from './judge.ts';

/** Verifying takes some 50 ms each: the others have their turn at the next look. */
const MOST_AT_ONCE = 8;

export class BundleFiles {
  /** Hash of the bundle -> how its file was when it was found good. */
  readonly #good = new Map<string, string>();
  readonly #bad = new Map<string, { readonly state: string; readonly finding: Finding }>();

  async look(folders: GateFolders, releases: readonly Release[], trust: TrustStore): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    let looked = 0;
    // The newest first: what runs is among the first that are looked at.
    for (const release of [...new Map(releases.map((one) => [one.bundle, one])).values()].toReversed()) {
      const state = await stateOf(bundlePath(folders.releases, release.bundle));
      if (state === this.#good.get(release.bundle)) continue;
      const known = this.#bad.get(release.bundle);
      if (known?.state === state) {
        found.push(known.finding);
        continue;
      }
      if (looked++ >= MOST_AT_ONCE) break;
      const problem = await problemOf(folders, release, trust);
      if (!problem) {
        this.#good.set(release.bundle, state);
        this.#bad.delete(release.bundle);
        continue;
      }
      const one = finding('bundle-file-differs', basename(bundlePath('', release.bundle)).slice(0, 12), problem);
      this.#bad.set(release.bundle, { state, finding: one });
      found.push(one);
    }
    return found;
  }
}

async function problemOf(folders: GateFolders, release: Release, trust: TrustStore): Promise<WardflowError | null> {
  const { environment } = folders;
  try {
    const bytes = await readBundleFile(folders.releases, release.bundle);
    if (!bytes)
      return releaseErrors.create('release-bundle-missing', { bundle: release.bundle.slice(0, 12), environment });
    const result = await verifyReleased(bytes, release, trust);
    return result.ok ? null : (result.reasons[0] ?? null);
  } catch (error) {
    if (error instanceof WardflowError) return error;
    throw error;
  }
}

/** The time of the last change of the inode cannot be set by who writes the file. */
async function stateOf(file: string): Promise<string> {
  try {
    const { ino, size, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${ctimeNs}`;
  } catch {
    return 'missing';
  }
}
