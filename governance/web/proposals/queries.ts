/** What the pages of proposals ask, each once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Envelope } from '../../bundle/dsse.ts';
import type { Comment, ProposalFiles, ProposalList, ProposalView } from '../../api/proposal-contract.ts';
import type { TrustView } from '../../api/release-contract.ts';
import { call, queryOf } from '../api/client.ts';
import { refresh } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

/** Beside what is told live. */
const EVERY_MS = 30_000;

export interface ProposalFilter {
  readonly state?: string;
  readonly text?: string;
  readonly asks?: 'me';
  readonly limit?: number;
}

export const useProposals = (filter: ProposalFilter) =>
  useQuery({
    queryKey: ['proposals', filter],
    queryFn: () => call<ProposalList>('GET', `/proposals${queryOf({ ...filter })}`),
    enabled: useSession().may('proposal:read'),
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  });

export const useProposal = (number: number) =>
  useQuery({
    queryKey: ['proposal', String(number)],
    queryFn: () => call<ProposalView>('GET', `/proposals/${number}`),
    // While something runs its result is awaited.
    refetchInterval: ({ state }) =>
      state.data?.checks.state === 'running' || state.data?.scenarios.state === 'running' ? 3000 : EVERY_MS,
  });

/** Of one revision they never change. */
export const useProposalFiles = (number: number, bundle: string | undefined) =>
  useQuery({
    queryKey: ['proposal-files', number, bundle],
    enabled: bundle !== undefined,
    queryFn: () => call<ProposalFiles>('GET', `/proposals/${number}/files`),
    staleTime: Infinity,
  });

export const useTrust = (environment: string) =>
  useQuery({
    queryKey: ['trust', environment],
    queryFn: () => call<TrustView>('GET', `/trust/${environment}`),
    enabled: useSession().may('trust:read'),
  });

/** Everything that one does to a proposal answers with what it is then. */
function useDeed<Wish>(number: number, path: (wish: Wish) => string, body: (wish: Wish) => unknown) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => call<ProposalView>('POST', `/proposals/${number}${path(wish)}`, body(wish)),
    // Also after a refusal: somebody else may have been first.
    onSettled: () => void refresh(client, 'proposals', 'proposal'),
  });
}

export const useSendSignature = (number: number) =>
  useDeed<{ readonly as: 'signature' | 'approvals'; readonly envelope: Envelope }>(
    number,
    ({ as }) => `/${as}`,
    ({ envelope }) => ({ envelope }),
  );
export const useEnd = (number: number, how: 'reject' | 'withdraw') =>
  useDeed<string>(
    number,
    () => `/${how}`,
    (reason) => ({ reason }),
  );
export const useRevise = (number: number) =>
  useDeed<string>(
    number,
    () => '/revise',
    (summary) => ({ summary }),
  );
export const useRerun = (number: number) =>
  useDeed<'checks' | 'scenarios'>(
    number,
    () => '/rerun',
    (what) => ({ what }),
  );
export const useComment = (number: number) =>
  useDeed<Pick<Comment, 'text' | 'place'>>(
    number,
    () => '/comments',
    ({ text, place }) => ({ text, ...(place ? { place } : {}) }),
  );
export const useResolve = (number: number) =>
  useDeed<string>(
    number,
    (id) => `/comments/${id}/resolve`,
    () => ({}),
  );
