/** A release with its bundle, verified and made ready to run. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { definitionSet, replaceFile, type DefinitionSet } from '../../engine/index.ts';
import { writeBundle, type Bundle, type Verification } from '../../governance/bundle/index.ts';
import {
  readBundleFile,
  releaseErrors,
  riskOfBases,
  verifyReleased,
  type Release,
} from '../../governance/release/index.ts';
import type { RuntimeRelease } from '../api/release-contract.ts';
import type { NodeConfig } from '../branch-hooks/live-node.ts';
import type { GateFolders, Judged } from './judge.ts';

export interface Candidate {
  readonly release: Release;
  readonly bundle: Bundle;
  readonly definitions: DefinitionSet;
  /** As Node-RED takes them: all definitions' nodes in one list, shared ones first. */
  readonly nodes: readonly NodeConfig[];
  /** Ids of the keys that signed the bundle. */
  readonly keys: ReadonlySet<string>;
}

const copyOf = (folders: GateFolders, hash: string): string => join(folders.own, 'gate', `${hash}.wfb`);

/**
 * From the folder of releases or, where that is damaged, from the copy that was kept when it ran.
 * @throws WardflowError the first of what is wrong with it
 */
export async function candidateOf(folders: GateFolders, release: Release, judged: Judged): Promise<Candidate> {
  const { environment } = folders;
  const verified: Verification[] = [];
  for (const bytes of [await readBundleFile(folders.releases, release.bundle), await readCopy(folders, release.bundle)])
    if (bytes) {
      const result = await verifyReleased(bytes, release, judged.trust);
      if (result.ok) return made(release, result);
      verified.push(result);
    }
  const [first] = verified;
  const reason = first && !first.ok ? first.reasons[0] : undefined;
  throw reason ?? releaseErrors.create('release-bundle-missing', { bundle: release.bundle.slice(0, 12), environment });
}

/**
 * A release that never ran needs whom the risk of what it changes needs, too. What ran is not asked again: by then what it
 * changed may be gone.
 * @throws WardflowError `approvals-missing`
 */
export async function refuseLowered(
  folders: GateFolders,
  { bundle, release }: Candidate,
  { trust }: Judged,
  last: { readonly sequence: number } | null,
): Promise<void> {
  if (release.kind !== 'order' || release.sequence <= (last?.sequence ?? 0)) return;
  const floor = await riskOfBases(release.bases, (hash) => readKept(folders, hash));
  const result = await verifyReleased(bundle, release, trust, floor);
  const reason = result.ok ? undefined : result.reasons[0];
  if (reason) throw reason;
}

/** From the folder of releases or, where it is gone from there, the copy of what ran. Nobody has verified it. */
export async function readKept(folders: GateFolders, hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return (await readBundleFile(folders.releases, hash)) ?? readCopy(folders, hash);
}

/** The newest copies that are kept. */
const MOST_COPIES = 20;

/** So that what runs now, and what may come back, runs again after the folder of releases was damaged. */
export async function keepCopy(folders: GateFolders, { bundle }: Candidate): Promise<void> {
  const file = copyOf(folders, bundle.hash);
  await replaceFile(file, writeBundle(bundle), 0o600);
  const folder = dirname(file);
  const others = (await readdir(folder)).filter((name) => name.endsWith('.wfb') && name !== basename(file));
  if (others.length < MOST_COPIES) return;
  const aged = await Promise.all(others.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })));
  for (const { name } of aged.toSorted((a, b) => b.at - a.at).slice(MOST_COPIES - 1))
    await rm(join(folder, name), { force: true });
}

/** Shared parts first, as `readFlowFiles` gives them on staging. */
export function nodesOf(bundle: Bundle): readonly NodeConfig[] {
  return bundle.definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ flow }) => flow);
}

function made(release: Release, { bundle, author, approvals }: Verification & { readonly ok: true }): Candidate {
  return {
    release,
    bundle,
    definitions: definitionSet(bundle.definitions),
    nodes: nodesOf(bundle),
    keys: new Set([author.key.id, ...approvals.map(({ key }) => key.id)]),
  };
}

async function readCopy(folders: GateFolders, hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(copyOf(folders, hash)));
  } catch {
    return undefined;
  }
}

/** For screens. */
export function runningOf({ release, definitions }: Candidate, since: number): RuntimeRelease['running'] {
  return {
    sequence: release.sequence,
    kind: release.kind,
    bundle: release.bundle,
    since,
    until: release.kind === 'break-glass' ? release.until : null,
    definitions: definitions.all.map(({ name, version }) => ({ name, version })),
  };
}
