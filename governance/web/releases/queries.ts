/** What the pages of environments ask, each once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  ChangeList,
  EnvironmentList,
  EnvironmentView,
  PlanAnswer,
  PlanWish,
  ReleaseAnswer,
  ReleaseWish,
} from '../../api/release-contract.ts';
import { call } from '../api/client.ts';
import { refresh } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

/** Beside what is told live. */
const EVERY_MS = 30_000;

export const useEnvironments = () =>
  useQuery({
    queryKey: ['environments'],
    queryFn: () => call<EnvironmentList>('GET', '/environments'),
    enabled: useSession().may('release:read'),
    refetchInterval: EVERY_MS,
  });

export const useEnvironment = (name: string) =>
  useQuery({
    queryKey: ['environment', name],
    queryFn: () => call<EnvironmentView>('GET', `/environments/${name}`),
    refetchInterval: EVERY_MS,
  });

/** Asked anew each time: what waits changes by the minute. */
export const usePlan = (environment: string, wish: PlanWish) =>
  useQuery({
    queryKey: ['plan', environment, wish],
    queryFn: () => call<PlanAnswer>('POST', `/environments/${environment}/plan`, wish),
    gcTime: 0,
    staleTime: 60_000,
    retry: false,
  });

export function useRelease(environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: ReleaseWish) => call<ReleaseAnswer>('POST', `/environments/${environment}/releases`, wish),
    // Also after a refusal: somebody else may have been first.
    onSettled: () => void refresh(client, 'environment', 'environments', 'proposals', 'proposal', 'changes'),
  });
}

export function useLookAgain(environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<EnvironmentView>('POST', `/environments/${environment}/check`, {}),
    onSettled: () => void refresh(client, 'environment', 'environments'),
  });
}

export const useChanges = () =>
  useQuery({
    queryKey: ['changes'],
    queryFn: () => call<ChangeList>('GET', '/changes'),
    refetchInterval: 5 * EVERY_MS,
  });
