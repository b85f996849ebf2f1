/**
 * Whether staging knows what the environment runs. Staging's own deploys follow one another; a version that came another way
 * (a bundle carried here, a rollback of staging's files) was never on it, and proposing would undo that change unseen.
 */
import type { Definition } from '../../../engine/index.ts';
import { differing } from './compose.ts';
import { ownFilesOf } from './definition-folder.ts';
import { proposalErrors } from './errors.ts';
import type { Staging } from './staging.ts';

/** @throws `proposal-conflict` */
export async function refuseConflicts(
  base: readonly Definition[],
  staging: readonly Definition[],
  changed: readonly string[],
  { environment, ...ask }: { readonly environment: string; readonly staging: Staging; readonly actor: string },
): Promise<void> {
  const known = await unknownToStaging(base, staging, changed, ask);
  const [definition] = known;
  if (definition !== undefined) throw proposalErrors.create('proposal-conflict', { definition, environment });
}

export async function unknownToStaging(
  base: readonly Definition[],
  staging: readonly Definition[],
  names: readonly string[],
  { staging: runtime, actor }: { readonly staging: Staging; readonly actor: string },
): Promise<readonly string[]> {
  const differ = new Set(differing(ownFilesOf(base), ownFilesOf(staging)));
  const unknown: string[] = [];
  for (const name of names) {
    const running = base.find((one) => one.name === name);
    if (!running || !differ.has(name)) continue;
    if ((await runtime.files(running.version, actor)) === null) unknown.push(name);
  }
  return unknown;
}
