/**
 * Writes a rule table of the definitions where they are made. Tried out first in a copy of the folder, as a deploy is: what
 * would not load is refused before anything is written. Messages that have begun keep the version they began with.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { definitionSet, readDefinitions, type DefinitionSet } from '../../engine/index.ts';
import { runtimeErrors } from '../errors.ts';
import { copyFolder } from '../storage/copy-folder.ts';
import { writeWhole } from '../storage/write-whole.ts';

const MOST_TOLD = 5;

/**
 * @param before the file that the change was made from
 * @returns `null`: the file is another one by now, and nothing was written
 * @throws WardflowError `flow-refused`, `flow-unwritable`
 */
export async function saveTable(
  flowsFolder: string,
  userFolder: string,
  place: { readonly definition: string; readonly table: string },
  text: string,
  before: string,
): Promise<DefinitionSet | null> {
  const path = join(place.definition, 'rules', `${place.table}.json`);
  if ((await readFile(join(flowsFolder, path), 'utf8').catch(() => null)) !== before) return null;
  const copy = await mkdtemp(join(userFolder, 'try-'));
  try {
    await copyFolder(flowsFolder, join(copy, 'flows'), false);
    await writeWhole(join(copy, 'flows', path), text);
    const { definitions, problems } = await readDefinitions(join(copy, 'flows'));
    if (problems.length > 0) {
      const told = problems.slice(0, MOST_TOLD).map(({ file, text: what }) => `${file} ${what}`);
      throw runtimeErrors.create('flow-refused', { reason: told.join('; ') });
    }
    await writeWhole(join(flowsFolder, path), text);
    return definitionSet(definitions);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
