/** What the pages about fallbacks ask, each once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FallbackList, HeldDecisionRequest, HeldDecisions, HeldList } from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';

const EVERY_MS = 15_000;
/** More are decided in the next round. */
const SHOWN = 200;

export const useFallbacks = () =>
  useQuery({
    queryKey: ['fallbacks'],
    queryFn: () => call<FallbackList>('GET', runtimePath('/fallbacks')),
    refetchInterval: EVERY_MS,
  });

export const useHeld = () =>
  useQuery({
    queryKey: ['fallbacks', 'held'],
    queryFn: () => call<HeldList>('GET', runtimePath(`/held?limit=${SHOWN}`)),
    refetchInterval: EVERY_MS,
  });

export function useSetFallback() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      definition,
      way,
      ...body
    }: {
      definition: string;
      way: 'enter' | 'leave';
      seen: number;
      reason: string;
    }) => call('POST', runtimePath(`/fallbacks/${encodeURIComponent(definition)}/${way}`), body),
    onSettled: () => void refresh(client, 'fallbacks', 'status', 'queue'),
  });
}

export function useDecideHeld() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: HeldDecisionRequest) => call<HeldDecisions>('POST', runtimePath('/held/decide'), request),
    onSettled: () => void refresh(client, 'fallbacks', 'status', 'queue', 'tasks', 'task', 'messages', 'message'),
  });
}
