/** What a release is, as people say it. */
import type { EnvironmentView, ReleaseView } from '../../api/release-contract.ts';

/** `Potassium threshold`: the proposal's title, or the definitions that it holds. */
export function titleOf({ proposal, definitions, bundle }: ReleaseView): string {
  if (proposal) return proposal.title;
  const names = definitions.map(({ name }) => name).filter((name) => name !== '_shared');
  return names.length === 0 ? `the bundle ${bundle.slice(0, 12)}` : names.join(', ');
}

export const releaseOf = ({ releases }: EnvironmentView, sequence: number | undefined): ReleaseView | undefined =>
  releases.find((one) => one.sequence === sequence);

/** The release that is in force. */
export const currentOf = (view: EnvironmentView): ReleaseView | undefined => releaseOf(view, view.inForce?.sequence);

export function approversOf({ approvedBy, kind }: ReleaseView): string {
  if (kind === 'break-glass') return 'approved by nobody';
  if (approvedBy.length === 0) return 'approvals cannot be read';
  return `approved by ${approvedBy.map(({ person, role }) => `${person} (${role})`).join(', ')}`;
}

/** `Production` */
export const nameOf = (environment: string): string => `${environment.charAt(0).toUpperCase()}${environment.slice(1)}`;

/** It ran by an order: going back to it needs no approval. */
export const ranByOrder = ({ releases }: EnvironmentView, bundle: string): boolean =>
  releases.some((one) => one.bundle === bundle && one.kind === 'order');
