/** Stands in for `runtime/gate/candidate.ts`: the same, and keeping a copy is a step. */
import { keepCopy as keep, type Candidate } from '../../../runtime/gate/candidate.ts';
import type { GateFolders } from '../../../runtime/gate/judge.ts';
import { reach } from './reach.ts';

export * from '../../../runtime/gate/candidate.ts';

export async function keepCopy(folders: GateFolders, candidate: Candidate): Promise<void> {
  reach('copy keeping');
  await keep(folders, candidate);
  reach('copy kept');
}
