import type { ReleaseFacts } from '../../audit/why/release-facts.ts';
import type { Environments } from './environments.ts';

/** Where versions of definitions came from, by the verified log of releases of their environment. */
export function releaseFactsOf(environments: Pick<Environments, 'names' | 'view'>): ReleaseFacts {
  return {
    async ofVersion(environment, definition, version) {
      if (!(await environments.names()).includes(environment)) return null;
      const { releases } = await environments.view(environment, 'service:console', null);
      // Newest first. The oldest that has it brought it there; later bundles hold what they did not change, too.
      const release = releases.findLast(({ definitions }) =>
        definitions.some((one) => one.name === definition && one.version === version),
      );
      if (!release) return null;
      const { bundle, proposal, author, approvedBy, orderedBy, acceptedAt } = release;
      return {
        bundle,
        proposal: proposal && String(proposal.number),
        author,
        approvals: approvedBy,
        promotedBy: orderedBy,
        promotedAt: acceptedAt,
      };
    },
  };
}
