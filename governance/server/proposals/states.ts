/** The life of a proposal. Pure; who may do what is decided elsewhere. */
import type { ProposalState } from '../../api/proposal-contract.ts';

/**
 * What happens to a proposal. `satisfy` and `lapse` come from looking: enough approvals count, or no longer do. `release` is
 * an order that was carried out.
 */
export const PROPOSAL_STEPS = [
  ...(['sign', 'approve', 'satisfy', 'lapse', 'reject', 'withdraw', 'revise', 'release'] as const),
] as const;
export type ProposalStep = (typeof PROPOSAL_STEPS)[number];

const STEPS: Readonly<Record<ProposalState, Readonly<Partial<Record<ProposalStep, ProposalState>>>>> = {
  draft: { sign: 'open', withdraw: 'withdrawn', revise: 'draft' },
  open: {
    approve: 'open',
    satisfy: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    revise: 'draft',
    release: 'released',
  },
  approved: {
    approve: 'approved',
    lapse: 'open',
    reject: 'rejected',
    withdraw: 'withdrawn',
    revise: 'draft',
    release: 'released',
  },
  released: {},
  rejected: {},
  withdrawn: {},
};

/** The state afterwards; `null`: it cannot happen in this state. */
export const afterStep = (state: ProposalState, step: ProposalStep): ProposalState | null => STEPS[state][step] ?? null;

/** Something can still become of it. */
export const LIVING = ['draft', 'open', 'approved'] as const satisfies readonly ProposalState[];
export const isLiving = (state: ProposalState): boolean => Object.keys(STEPS[state]).length > 0;
