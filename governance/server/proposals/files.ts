/** The files that a proposal changes, before and after, for the page that compares them. */
import type { ProposalFiles } from '../../api/proposal-contract.ts';
import type { Definition } from '../../../engine/index.ts';
import { ownFilesOf } from './definition-folder.ts';
import type { Current, ProposalParts } from './parts.ts';

export async function filesOfProposal(
  { bundles, environments }: ProposalParts,
  { proposal, revision }: Current,
): Promise<ProposalFiles> {
  const { definitions } = await bundles.read(revision.bundle);
  const base: readonly Definition[] =
    revision.base === null ? [] : (await environments.bundle(proposal.environment, revision.base)).definitions;
  const [before, after] = [ownFilesOf(base), ownFilesOf(definitions)];
  return {
    definitions: revision.words.map(({ definition, title }) => ({
      name: definition,
      title,
      before: before.get(definition) ?? null,
      after: after.get(definition) ?? null,
    })),
  };
}
