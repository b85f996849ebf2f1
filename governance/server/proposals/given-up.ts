/** A proposal that somebody rejected, or its author withdrew: nobody orders it, though its signatures would count. */
import type { WardflowError } from '../../../engine/index.ts';
import type { ProposalState } from '../../api/proposal-contract.ts';
import { proposalErrors } from './errors.ts';

export const isGivenUp = (state: ProposalState): boolean => state === 'rejected' || state === 'withdrawn';

export const givenUp = (state: ProposalState): WardflowError =>
  proposalErrors.create('proposal-state', { state, action: 'an order to run it' });
