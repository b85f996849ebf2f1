/** `<data>/proposals/<hash>.wfb`: what proposals propose, without signatures. Read again, each is what its name says. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName, replaceFile, WardflowError } from '../../../engine/index.ts';
import { readBundle, writeBundle, type Bundle } from '../../bundle/index.ts';
import { proposalErrors } from './errors.ts';

export interface BundleFiles {
  write(bundle: Bundle): Promise<void>;
  /** @throws `proposal-file-damaged` */
  read(hash: string): Promise<Bundle>;
}

/** Kept parsed: a list of proposals asks for all that live. */
const MOST_KEPT = 32;

export function bundleFilesIn(dataFolder: string): BundleFiles {
  const kept = new Map<string, Bundle>();
  const path = (hash: string): string => join(dataFolder, 'proposals', `${hash}.wfb`);
  const keep = (bundle: Bundle): Bundle => {
    kept.delete(bundle.hash);
    kept.set(bundle.hash, bundle);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
    return bundle;
  };
  return {
    async write(bundle) {
      const plain: Bundle = { ...bundle, author: undefined, approvals: new Map() };
      await replaceFile(path(bundle.hash), writeBundle(plain), 0o600);
      keep(plain);
    },
    async read(hash) {
      const known = kept.get(hash);
      if (known) return keep(known);
      const damaged = (problem: string, cause?: unknown): Error =>
        proposalErrors.create('proposal-file-damaged', { problem }, { cause });
      try {
        const bundle = await readBundle(new Uint8Array(await readFile(path(hash))));
        if (bundle.hash !== hash) throw damaged('its file holds something else.');
        return keep(bundle);
      } catch (error) {
        if (error instanceof WardflowError && error.code === 'proposal-file-damaged') throw error;
        throw damaged(error instanceof WardflowError ? error.message : `${errorName(error)}.`, error);
      }
    },
  };
}
