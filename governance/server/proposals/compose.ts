/** Puts what was changed on staging onto what an environment runs: the bundle is the whole (decision 0011). */
import { loadDefinitions, WardflowError, type Definition } from '../../../engine/index.ts';
import { inFolder, ownFilesOf, type OwnFiles } from './definition-folder.ts';
import { proposalErrors } from './errors.ts';

export interface Composition {
  readonly definitions: readonly Definition[];
  /** Names of what is added, changed or removed. */
  readonly changed: readonly string[];
}

export interface ToCompose {
  readonly environment: string;
  /** What it runs; `null`: nothing yet. */
  readonly base: readonly Definition[] | null;
  readonly staging: readonly Definition[];
  /** Empty: all that differ. */
  readonly chosen: readonly string[];
}

const SHARED = '_shared';

/** Own files, so that a change of `_shared` is one change and not one of everything that uses it. */
export function differing(before: OwnFiles, after: OwnFiles): readonly string[] {
  const text = (files: OwnFiles, name: string): string | undefined => JSON.stringify(files.get(name));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => text(before, name) !== text(after, name))
    .toSorted();
}

/** @throws `proposal-definition-unknown`, `proposal-nothing-changed`, `proposal-unsound` */
export async function compose({ environment, base, staging, chosen }: ToCompose): Promise<Composition> {
  const before = ownFilesOf(base ?? []);
  const after = ownFilesOf(staging);
  for (const name of chosen)
    if (!before.has(name) && !after.has(name))
      throw proposalErrors.create('proposal-definition-unknown', { definition: name, environment });
  // What a first bundle holds cannot be built without what it uses.
  const meant = (name: string): boolean =>
    chosen.length === 0 || chosen.includes(name) || (base === null && name === SHARED);
  const changed = differing(before, after).filter(meant);
  if (changed.length === 0) throw proposalErrors.create('proposal-nothing-changed', { environment });
  const whole = new Map(before);
  for (const name of changed) {
    const files = after.get(name);
    if (files) whole.set(name, files);
    else whole.delete(name);
  }
  return { definitions: await loaded(whole), changed };
}

async function loaded(files: OwnFiles): Promise<readonly Definition[]> {
  try {
    return await inFolder(files, async (folder) => (await loadDefinitions(folder)).all);
  } catch (error) {
    if (!(error instanceof WardflowError)) throw error;
    const problem = String(error.details['problems'] ?? error.message);
    throw proposalErrors.create('proposal-unsound', { problem }, { cause: error });
  }
}
