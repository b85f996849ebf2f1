/** What the editor's sidebar shows of the definition in view. */
import { WardflowError, type Definition } from '../../../engine/index.ts';
import type { EditorDefinition } from '../../api/proposal-contract.ts';
import { checkFolder } from '../../checks/check-folder.ts';
import type { Finding } from '../../checks/finding.ts';
import { differing } from './compose.ts';
import { isConflict } from './conflicts.ts';
import { inFolder, ownFilesOf } from './definition-folder.ts';
import { describeProposal } from './describe.ts';
import type { MakeParts } from './make.ts';
import { current, look } from './parts.ts';
import { waitsFor } from './waits-for.ts';

const MOST_SHOWN = 10;
/** Findings by the versions that they are of: a check of a folder takes a moment. */
const checked = new WeakMap<object, Map<string, readonly Finding[]>>();
const MOST_KEPT = 20;

/** @throws `proposal-unsound`, `proposal-environment-unsound` */
export async function editorDefinitionOf(
  parts: MakeParts,
  environment: string,
  name: string,
): Promise<EditorDefinition> {
  const [state, staging] = await Promise.all([parts.environments.read(environment), parts.staging.folder()]);
  const base: readonly Definition[] =
    state.base === null ? [] : (await parts.environments.bundle(environment, state.base)).definitions;
  const own = staging.find((one) => one.name === name);
  const running = base.find((one) => one.name === name);
  const proposals: EditorDefinition['proposals'][number][] = [];
  for (const { number } of parts.store.list({ definition: name, limit: MOST_SHOWN })) {
    const missing = await missingOf(parts, number);
    const { proposal } = current(parts, number);
    const { title, state: stands, outdated, author } = proposal;
    proposals.push({
      number,
      title,
      state: stands,
      outdated,
      author,
      waitsFor: waitsFor(proposal, { missing }),
    });
  }
  return {
    definition: name,
    staging: own?.version ?? null,
    production: running?.version ?? null,
    findings: own ? await findingsOf(parts, staging, name) : [],
    conflict: await isConflict(parts, base, staging, name, 'service:console'),
    alsoDiffer: differing(ownFilesOf(base), ownFilesOf(staging)).filter((other) => other !== name),
    differs: describeProposal(base, staging, own || running ? [name] : []).words.flatMap(({ lines }) => lines),
    proposals,
  };
}

async function missingOf(parts: MakeParts, number: number): Promise<string> {
  try {
    return (await look(parts, number)).standing.missing;
  } catch (error) {
    if (error instanceof WardflowError) return error.message;
    throw error;
  }
}

async function findingsOf(parts: MakeParts, all: readonly Definition[], name: string): Promise<readonly Finding[]> {
  const kept = checked.get(parts.store) ?? new Map<string, readonly Finding[]>();
  checked.set(parts.store, kept);
  const key = `${name} ${all.map(({ version }) => version).join()}`;
  const known = kept.get(key);
  if (known) return known;
  const catalogue = await parts.catalogue();
  const results = await inFolder(ownFilesOf(all), (folder) =>
    checkFolder({ folder, names: [name], catalogue, now: new Date(parts.clock.now()) }),
  );
  const findings = results.flatMap((one) => one.findings);
  kept.set(key, findings);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
  return findings;
}
