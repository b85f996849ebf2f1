/**
 * Loads the definitions as they would be after a deploy, in a copy of the folder. A deploy that names a missing rule table
 * is refused with a sentence before anything is written; were it found afterwards, the next start would fail.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { definitionSet, readDefinitions, type DefinitionSet } from '../../engine/index.ts';
import { runtimeErrors } from '../errors.ts';
import { copyFolder } from './copy-folder.ts';
import type { FlowFiles } from './flow-files.ts';
import { saveFlowFiles } from './save-flow-files.ts';

const MOST_TOLD = 5;

/** @throws WardflowError `flow-refused` saying what is wrong with which file */
export async function tryOut(
  flowsFolder: string,
  userFolder: string,
  before: FlowFiles,
  next: FlowFiles,
): Promise<DefinitionSet> {
  const copy = await mkdtemp(join(userFolder, 'try-'));
  try {
    // A site's folder is often a repository: what is hidden in it is no definition.
    await copyFolder(flowsFolder, join(copy, 'flows'), false);
    await saveFlowFiles(join(copy, 'flows'), join(copy, 'removed'), before, next);
    const { definitions, problems } = await readDefinitions(join(copy, 'flows'));
    if (problems.length > 0) {
      const told = problems.slice(0, MOST_TOLD).map(({ file, text }) => `${file} ${text}`);
      throw runtimeErrors.create('flow-refused', { reason: told.join('; ') });
    }
    return definitionSet(definitions);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
