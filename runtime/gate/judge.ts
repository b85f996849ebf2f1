/**
 * What an environment has to run: its trust store and its log of releases, verified, and compared with what the gate
 * remembers of them. Nothing here is believed because of where it lies.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { WardflowError } from '../../engine/index.ts';
import { trustAt, type TrustStore } from '../../governance/bundle/index.ts';
import { inForce, readLogFiles, readReleaseLog, type InForce, type Release } from '../../governance/release/index.ts';
import { readTrustFolder, TRUST_STORE_FILE } from '../../governance/trust/read-trust-folder.ts';
import { gateErrors } from './errors.ts';
import type { Memory } from './memory.ts';

export interface GateFolders {
  readonly environment: string;
  /** `<data>/trust/<environment>`; read, never written. */
  readonly trust: string;
  /** `<data>/releases/<environment>`; read, never written. */
  readonly releases: string;
  /** The environment's own folder, where copies of bundles are kept. */
  readonly own: string;
}

export interface Judged {
  readonly trust: TrustStore;
  /** Oldest first. */
  readonly releases: readonly Release[];
  readonly inForce: InForce;
}

/** Verified, and not older or other than what was seen. @throws WardflowError `trust-*` and what `readTrustFolder` throws */
export async function judgeTrust(folders: GateFolders, memory: Memory): Promise<TrustStore> {
  const { environment } = folders;
  const trust = await readTrustFolder(folders.trust, environment);
  if (!memory.trust) return trust;
  if (trust.first !== memory.trust.first) throw gateErrors.create('trust-exchanged', { environment });
  try {
    await trustAt(trust, memory.trust);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    throw gateErrors.create('trust-older', { environment, version: memory.trust.version }, { cause: error });
  }
  return trust;
}

/** @throws WardflowError `log-*`, and what `readReleaseLog` throws */
export async function judgeLog(folders: GateFolders, trust: TrustStore, memory: Memory, now: number): Promise<Judged> {
  const { environment } = folders;
  const releases = await readReleaseLog(folders.releases, trust);
  const { last } = memory;
  if (last) {
    const { sequence } = last;
    const found = releases.find((one) => one.sequence === sequence);
    if (!found) throw gateErrors.create('log-cut', { environment, sequence });
    if (found.hash !== last.hash || found.acceptedAt !== last.acceptedAt)
      throw gateErrors.create('log-exchanged', { environment, sequence });
  }
  const { lastSequence } = inForce(releases, now);
  const counting = releases.filter((release) => !hasEnded(release, memory));
  return { trust, releases, inForce: { ...inForce(counting, now), lastSequence } };
}

/** It ran, and something older was put into force after it: glass that is whole stays so, whatever the clock says now. */
function hasEnded({ kind, sequence }: Release, { last, running }: Memory): boolean {
  return kind === 'break-glass' && sequence > (running?.sequence ?? 0) && sequence <= (last?.sequence ?? 0);
}

/** Nobody has set the environment up yet: no trust store, no release. */
export async function isUntouched(folders: GateFolders, memory: Memory): Promise<boolean> {
  if (memory.last || memory.trust) return false;
  const there = await access(join(folders.trust, TRUST_STORE_FILE)).then(
    () => true,
    () => false,
  );
  return !there && (await readLogFiles(folders.releases)).length === 0;
}
