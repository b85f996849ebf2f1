/**
 * Whether staging knows what the environment runs. Staging's own deploys follow one another; a version that came another way
 * (a bundle carried here, staging's files put back) was never on it, and proposing would undo that change unseen. Somebody
 * looks at both, takes over what is to be kept, and says so.
 */
import type { Definition } from '../../../engine/index.ts';
import type { DefinitionConflict, VersionFiles } from '../../api/proposal-contract.ts';
import type { Account } from '../store/accounts.ts';
import { inTransaction } from '../store/database.ts';
import { differing } from './compose.ts';
import { ownFilesOf } from './definition-folder.ts';
import { refuseElsewhere } from './elsewhere.ts';
import { proposalErrors } from './errors.ts';
import type { MakeParts } from './make.ts';

type Asked = Pick<MakeParts, 'staging' | 'takenOver'>;

/** @throws `proposal-conflict` */
export async function refuseConflicts(
  base: readonly Definition[],
  staging: readonly Definition[],
  changed: readonly string[],
  { environment, actor, ...parts }: Asked & { readonly environment: string; readonly actor: string },
): Promise<void> {
  for (const definition of changed)
    if (await isConflict(parts, base, staging, definition, actor))
      throw proposalErrors.create('proposal-conflict', { definition, environment });
}

export async function isConflict(
  { staging: runtime, takenOver }: Asked,
  base: readonly Definition[],
  staging: readonly Definition[],
  name: string,
  actor: string,
): Promise<boolean> {
  const running = base.find((one) => one.name === name);
  if (!running || takenOver.has(name, running.version)) return false;
  const [theirs, mine] = [ownFilesOf([running]), ownFilesOf(staging.filter((one) => one.name === name))];
  if (differing(theirs, mine).length === 0) return false;
  return (await runtime.files(running.version, actor)) === null;
}

/** The three versions; `null`: there is no conflict. */
export async function conflictOf(
  parts: MakeParts,
  environment: string,
  definition: string,
  actor: string,
): Promise<DefinitionConflict | null> {
  const { environments, staging } = parts;
  const [state, mine] = await Promise.all([environments.read(environment), staging.folder()]);
  if (state.base === null) return null;
  const theirs = (await environments.bundle(environment, state.base)).definitions;
  if (!(await isConflict(parts, theirs, mine, definition, actor))) return null;
  const release = state.releases.findLast(({ bundle }) => bundle === state.base);
  return {
    definition,
    environment,
    orderedBy: release?.person ?? '',
    orderedAt: release?.acceptedAt ?? 0,
    base: await lastCommon(parts, environment, definition, actor),
    theirs: versionOf(theirs, definition),
    mine: versionOf(mine, definition),
  };
}

/** The newest version that the environment ran and staging had. */
async function lastCommon(
  { environments, staging }: MakeParts,
  environment: string,
  definition: string,
  actor: string,
): Promise<VersionFiles | null> {
  const { releases } = await environments.read(environment);
  const bundles = new Set(releases.map(({ bundle }) => bundle).toReversed());
  for (const hash of bundles) {
    const { definitions } = await environments.bundle(environment, hash);
    const found = versionOf(definitions, definition);
    if (found && (await staging.files(found.version, actor)) !== null) return found;
  }
  return null;
}

function versionOf(definitions: readonly Definition[], name: string): VersionFiles | null {
  const found = definitions.find((one) => one.name === name);
  return found ? { version: found.version, files: ownFilesOf([found]).get(name) ?? {} } : null;
}

/** @param version the one that was looked at: another that came meanwhile is not taken over by it */
export async function takeOver(parts: MakeParts, by: Account, definition: string, version: string): Promise<void> {
  const { takenOver, audit, clock } = parts;
  const serviceLine = (await parts.staging.folder()).find(({ name }) => name === definition)?.intent['serviceLine'];
  refuseElsewhere(by, [{ name: definition, ...(typeof serviceLine === 'string' ? { serviceLine } : {}) }]);
  inTransaction(parts.database, () => {
    if (takenOver.has(definition, version)) return;
    takenOver.add(definition, version, by.username, clock.now());
    audit.append('proposal.taken-over', `user:${by.username}`, {}, { definition, version });
  });
}
