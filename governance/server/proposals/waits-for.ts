/** What a proposal waits for, in words. */
import type { ProposalRow } from '../store/proposals.ts';
import type { Standing } from './standing.ts';

export function waitsFor(
  { state, environment, outdated }: ProposalRow,
  { missing }: Pick<Standing, 'missing'>,
): string {
  if (state === 'released' || state === 'rejected' || state === 'withdrawn') return '';
  if (outdated === 'base') return `a new revision: ${environment} runs something else by now`;
  if (outdated === 'policy') return 'a new revision: the policy has changed';
  if (state === 'approved') return `an order to run it in ${environment}`;
  return missing;
}
