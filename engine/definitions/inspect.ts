/** Files of definitions as they are, sound or not, and what is wrong with one: for checks before anything is in force. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../base/error-code.ts';
import { buildDefinition, SHARED } from './build.ts';
import { checkNodes } from './check-nodes.ts';
import type { Definition } from './definition.ts';
import { definitionErrors } from './errors.ts';
import { Problems, type DefinitionProblem } from './problem.ts';
import { readDefinitionFolder } from './read-folder.ts';

export interface DefinitionFiles {
  /** Name of the folder; `_shared` is one of them. */
  readonly name: string;
  /** Path in the folder -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Files that could not be taken: no text, too large, in no place of the format. */
  readonly problems: readonly DefinitionProblem[];
}

/** Every folder that could be a definition, by name. @throws `definitions-folder-missing` */
export async function readDefinitionFiles(folder: string): Promise<readonly DefinitionFiles[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw definitionErrors.create('definitions-folder-missing', { folder, reason: codeOf(error) }, { cause: error });
  }
  const names = entries.flatMap((entry) => (entry.isDirectory() && IS_DEFINITION.test(entry.name) ? [entry.name] : []));
  const found: DefinitionFiles[] = [];
  for (const name of names.toSorted()) {
    const problems = new Problems('').in(name);
    found.push({ name, files: await readDefinitionFolder(join(folder, name), problems), problems: problems.list });
  }
  return found;
}

const IS_DEFINITION = /^(?:_shared|[a-z][a-z0-9-]{0,62})$/;

/** One definition from its files; `shared` are those of `_shared`. No definition: `problems` says why. */
export function inspectDefinition(
  name: string,
  files: Readonly<Record<string, string>>,
  shared?: Readonly<Record<string, string>>,
): { readonly definition: Definition | undefined; readonly problems: readonly DefinitionProblem[] } {
  const common = shared ? buildDefinition(SHARED, shared, undefined, new Problems(SHARED)) : undefined;
  const problems = new Problems('').in(name);
  const definition = buildDefinition(name, files, common, problems);
  if (definition) checkNodes(definition.flow, common?.flow ?? [], problems.in('flow.json'));
  return { definition, problems: problems.list };
}
