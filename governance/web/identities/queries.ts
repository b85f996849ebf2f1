/** What the pages of patient identity ask. Live changes make `identities` stale. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type {
  IdentityAnswer,
  IdentityLinkList,
  IdentityQuestionList,
  IdentityUndoing,
} from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';

export type Question = IdentityQuestionList['questions'][number];
export type MergeLink = IdentityLinkList['links'][number];
export type Shown = 'open' | 'answered';

const EVERY_MS = 15_000;
const PAGE = 100;
const STATES: Readonly<Record<Shown, string>> = { open: 'open', answered: 'same,different,withdrawn' };

export const useQuestions = (shown: Shown) =>
  useInfiniteQuery({
    queryKey: ['identities', 'questions', shown],
    queryFn: ({ pageParam }) =>
      call<IdentityQuestionList>(
        'GET',
        runtimePath(`/identities${queryOf({ state: STATES[shown], before: pageParam ?? undefined, limit: PAGE })}`),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: EVERY_MS,
  });

export const useMerges = () =>
  useInfiniteQuery({
    queryKey: ['identities', 'links'],
    queryFn: ({ pageParam }) =>
      call<IdentityLinkList>(
        'GET',
        runtimePath(`/identities/links${queryOf({ before: pageParam ?? undefined, limit: PAGE })}`),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: EVERY_MS,
  });

export function useAnswer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...answer }: IdentityAnswer & { readonly id: string }) =>
      call('POST', runtimePath(`/identities/${encodeURIComponent(id)}/answer`), answer),
    onSettled: () => void refresh(client, 'identities', 'status', 'task', 'alert'),
  });
}

export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...undoing }: IdentityUndoing & { readonly id: string }) =>
      call('POST', runtimePath(`/identities/links/${encodeURIComponent(id)}/undo`), undoing),
    onSettled: () => void refresh(client, 'identities', 'status', 'task', 'alert'),
  });
}
