/** Loads the definitions of a folder. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { buildDefinition, SHARED } from './build.ts';
import { checkFeedNames, checkNodes } from './check-nodes.ts';
import type { Definition, DefinitionSet } from './definition.ts';
import { definitionErrors } from './errors.ts';
import { Problems, type DefinitionProblem } from './problem.ts';
import { readDefinitionFolder, type Files } from './read-folder.ts';

/** Its policy is not run by this version; the folder may be there. */
const POLICY = '_policy';
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
/** In the sentence; `readDefinitions` gives all. */
const MOST_TOLD = 10;

/**
 * @throws WardflowError `definitions-folder-missing`; `definitions-invalid` with all that is wrong, each with its file.
 *   The folder is never created: an empty one would look like a hospital without flows.
 */
export async function loadDefinitions(folder: string): Promise<DefinitionSet> {
  const { definitions, problems } = await readDefinitions(folder);
  if (problems.length > 0) {
    const told = problems.slice(0, MOST_TOLD).map(({ file, text }) => `${file} ${text}`);
    const more = problems.length > MOST_TOLD ? `; and ${problems.length - MOST_TOLD} more` : '';
    throw definitionErrors.create('definitions-invalid', {
      folder,
      count: problems.length === 1 ? 'a problem' : `${problems.length} problems`,
      problems: `${told.join('; ')}${more}.`,
    });
  }
  return definitionSet(definitions);
}

/** The definitions that are sound, and what is wrong with the others. @throws `definitions-folder-missing` */
export async function readDefinitions(
  folder: string,
): Promise<{ readonly definitions: readonly Definition[]; readonly problems: readonly DefinitionProblem[] }> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw definitionErrors.create('definitions-folder-missing', { folder, reason: codeOf(error) }, { cause: error });
  }
  const all = new Problems('');
  const names: string[] = [];
  for (const { name, ...entry } of entries.map((one) => ({
    name: one.name,
    folder: one.isDirectory(),
    file: one.isFile(),
  }))) {
    if (name.startsWith('.') || name === POLICY || (entry.file && /^[\w-]+\.md$/.test(name))) continue;
    if (!entry.folder)
      all.in(name).say('is no folder', 'Keep only folders of definitions here; links are not followed.');
    else if (name !== SHARED && !NAME.test(name))
      all.in(name).say('is no name for a definition', 'Use small letters, digits and -.');
    else names.push(name);
  }
  // `_` sorts before the letters: what the others use comes first.
  const definitions: Definition[] = [];
  for (const name of names.toSorted()) {
    const problems = all.in(name);
    const before = all.list.length;
    const files = await readDefinitionFolder(join(folder, name), problems);
    const shared = definitions.find((one) => one.name === SHARED);
    // Without a sound `_shared` the others are not judged: what they miss might be there.
    if (name !== SHARED && names.includes(SHARED) && !shared) continue;
    const definition = buildDefinition(name, files, shared, problems);
    // Not when kept files are read: work that began with an earlier version ends with it, whatever is asked today.
    if (definition) checkNodes(definition.flow, shared?.flow ?? [], problems.in('flow.json'));
    if (definition && all.list.length === before) definitions.push(definition);
  }
  checkFeedNames(definitions, (name) => all.in(`${name}/flow.json`));
  const owners = new Map<string, string>();
  for (const { name, flow } of definitions)
    for (const { id } of flow) {
      const owner = owners.get(id);
      if (owner !== undefined)
        all.in(`${name}/flow.json`).say(`has the node id ${id}, which ${owner} has, too`, 'Give the node another id.');
      owners.set(id, name);
    }
  return { definitions, problems: all.list };
}

/** A definition as it was kept (`Definition.files`): for work pinned to an earlier version. @throws `definitions-invalid` */
export function definitionFromFiles(name: string, files: Readonly<Record<string, string>>): Definition {
  const own: Files = {};
  const common: Files = {};
  for (const [path, text] of Object.entries(files)) {
    if (path.startsWith(`${SHARED}/`)) common[path.slice(SHARED.length + 1)] = text;
    else own[path] = text;
  }
  const problems = new Problems('');
  const shared =
    Object.keys(common).length > 0 ? buildDefinition(SHARED, common, undefined, problems.in(SHARED)) : undefined;
  const definition = buildDefinition(name, own, shared, problems.in(name));
  if (!definition || problems.list.length > 0)
    throw definitionErrors.create('definitions-invalid', {
      folder: `the files kept of ${name}`,
      count: `${problems.list.length} problems`,
      problems: `${problems.list.map(({ file, text }) => `${file} ${text}`).join('; ')}.`,
    });
  return definition;
}

export function definitionSet(definitions: readonly Definition[]): DefinitionSet {
  const byName = new Map(definitions.map((one) => [one.name, one]));
  const byNode = new Map(definitions.flatMap((one) => one.flow.map(({ id }) => [id, one] as const)));
  return {
    all: definitions,
    byName: (name) => byName.get(name),
    ofNode: (id) => byNode.get(id),
  };
}
