/** Checks the definitions of a folder, alone and against one another. */
import { readDefinitionFiles, readDefinitions } from '../../engine/index.ts';
import { checkDefinition } from './check-definition.ts';
import { checkErrors } from './errors.ts';
import { finding, type Finding } from './finding.ts';
import type { NodeCatalogue } from './node-catalogue.ts';
import { DEFAULT_CHECK_POLICY, type CheckPolicy } from './policy.ts';
import { SHARED, type BoundNames } from './subject.ts';

export interface CheckedDefinition {
  readonly definition: string;
  readonly findings: readonly Finding[];
}

export interface FolderCheck {
  readonly folder: string;
  /** Empty: all that are there. */
  readonly names?: readonly string[];
  readonly catalogue: NodeCatalogue;
  /** What `_policy/policy.json` says, as the caller has read it; default: `DEFAULT_CHECK_POLICY`. */
  readonly policy?: CheckPolicy;
  readonly bindings?: readonly BoundNames[];
  readonly now: Date;
}

/** @throws WardflowError `definitions-folder-missing`, `definition-not-found` */
export async function checkFolder(request: FolderCheck): Promise<readonly CheckedDefinition[]> {
  const { folder, names = [], catalogue, policy = DEFAULT_CHECK_POLICY, bindings = [], now } = request;
  const all = await readDefinitionFiles(folder);
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw checkErrors.create('definition-not-found', {
      name: unknown,
      folder,
      known: all.map(({ name }) => name).join(', ') || 'none',
    });
  const shared = all.find(({ name }) => name === SHARED)?.files;
  const between = await betweenDefinitions(folder);
  const checked: CheckedDefinition[] = [];
  for (const { name, files, problems } of all) {
    if (names.length > 0 && !names.includes(name)) continue;
    const own = await checkDefinition({
      name,
      files,
      problems,
      catalogue,
      policy,
      bindings,
      now,
      ...(shared && name !== SHARED && { shared }),
    });
    const said = new Set(own.map(({ text }) => text));
    checked.push({
      definition: name,
      findings: [...(between.get(name) ?? []).filter(({ text }) => !said.has(text)), ...own],
    });
  }
  return checked;
}

/** What only shows when all are loaded together: a node id or a feed's name that two have. */
async function betweenDefinitions(folder: string): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const { problems } = await readDefinitions(folder);
  return Map.groupBy(
    problems.flatMap(({ file, text, remedy, code }) => {
      const [definition = '', ...path] = file.split('/');
      // With a code of its own it is about one definition, whose own check says it.
      if (code !== undefined || path.length === 0) return [];
      const place = path.join('/');
      return [finding('definition-unsound', { definition, file: place }, { problem: `${place} ${text}`, remedy })];
    }),
    ({ definition }) => definition,
  );
}
