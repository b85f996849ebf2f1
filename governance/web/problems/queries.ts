import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProblemChange, ProblemList, ProblemReport } from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

const PAGE = 100;

export interface ProblemQuestion {
  readonly state?: string;
  readonly mine?: number;
}

export const useProblems = (question: ProblemQuestion) =>
  useInfiniteQuery({
    queryKey: ['problems', question],
    queryFn: ({ pageParam }) =>
      call<ProblemList>(
        'GET',
        runtimePath(`/problems${queryOf({ ...question, before: pageParam ?? undefined, limit: PAGE })}`),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });

/** How many wait, for the navigation of those who look at them. */
export const useProblemCounts = () =>
  useQuery({
    queryKey: ['problems', 'counts'],
    enabled: useSession().may('problem:triage'),
    queryFn: () => call<ProblemList>('GET', runtimePath(`/problems${queryOf({ limit: 1 })}`)),
    staleTime: 10_000,
  });

export function useChangeProblem() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: { readonly id: string; readonly change: ProblemChange }) =>
      call<ProblemReport>('POST', runtimePath(`/problems/${encodeURIComponent(id)}`), change),
    onSettled: () => void refresh(client, 'problems', 'task', 'alert'),
  });
}
