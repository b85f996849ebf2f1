/** Proposals as releases see them. */
import { writeBundle } from '../../bundle/index.ts';
import type { ReleasedProposals } from '../follow-up.ts';
import type { Making } from './make.ts';
import { current, take, type ProposalParts } from './parts.ts';
import { signedBundle } from './standing.ts';
import { givenUp, isGivenUp } from './given-up.ts';
import { afterStep } from './states.ts';

export function releasedOf(parts: ProposalParts, making: Making): ReleasedProposals {
  const { store, bundles } = parts;
  return {
    async ofBundle(environment, bundle) {
      for (const number of store.ofBundle(bundle)) {
        const { proposal, revision, signatures } = current(parts, number);
        // An earlier revision was replaced: its signatures fell.
        if (revision.bundle !== bundle || proposal.environment !== environment) continue;
        const file = writeBundle(signedBundle(await bundles.read(bundle), signatures));
        return { number, title: proposal.title, file };
      }
      return undefined;
    },
    refuseGivenUp(environment, bundle) {
      const states = store
        .ofBundle(bundle)
        .map((number) => current(parts, number))
        .filter(({ proposal, revision }) => revision.bundle === bundle && proposal.environment === environment)
        .map(({ proposal }) => proposal.state);
      // Proposed anew, it is judged anew.
      if (states.every(isGivenUp)) for (const state of states) throw givenUp(state);
    },
    released({ environment, bundle, by }) {
      for (const number of store.ofBundle(bundle)) {
        const found = current(parts, number);
        const { proposal, revision } = found;
        if (revision.bundle !== bundle || proposal.environment !== environment) continue;
        if (afterStep(proposal.state, 'release') === null) continue;
        const text = `${environment} was ordered to run it.`;
        take(parts, found, 'release', { actor: `user:${by}`, kind: 'released', text }, () => undefined);
      }
      return Promise.resolve();
    },
    openFollowUp: (followUp) => making.followUp(followUp),
  };
}
