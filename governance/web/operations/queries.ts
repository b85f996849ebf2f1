/** What the operations pages ask, each once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  DeadLetterAnswer,
  DeadLetterFilter,
  DifferenceList,
  DifferenceSettling,
  EffectDecision,
  FigureSeries,
  QuarantineAnswer,
  QuarantineFilter,
  QueueFigures,
  ReasonList,
  Switch,
  SwitchList,
  SwitchRequest,
  UncertainEffects,
} from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

const EVERY_MS = 15_000;

export const useSwitches = () =>
  useQuery({
    queryKey: ['switches'],
    queryFn: () => call<SwitchList>('GET', runtimePath('/switches')),
    refetchInterval: EVERY_MS,
  });

export const useSeries = () =>
  useQuery({
    queryKey: ['series'],
    queryFn: () => call<FigureSeries>('GET', runtimePath('/metrics/series')),
    refetchInterval: EVERY_MS,
  });

export const useQueue = () =>
  useQuery({
    queryKey: ['queue'],
    queryFn: () => call<QueueFigures>('GET', runtimePath('/metrics/queue')),
    refetchInterval: 5000,
  });

export const useReasons = () =>
  useQuery({
    queryKey: ['reasons'],
    queryFn: () => call<ReasonList>('GET', runtimePath('/metrics/reasons')),
    refetchInterval: EVERY_MS,
  });

export const useUncertainEffects = () =>
  useQuery({
    queryKey: ['uncertain'],
    queryFn: () => call<UncertainEffects>('GET', runtimePath('/effects/uncertain')),
    enabled: useSession().may('operations:read'),
    refetchInterval: EVERY_MS,
  });

export const useOpenDifferences = () =>
  useQuery({
    queryKey: ['differences'],
    queryFn: () => call<DifferenceList>('GET', runtimePath('/differences?state=open&limit=500')),
    enabled: useSession().may('operations:read'),
    refetchInterval: EVERY_MS,
  });

/** What was found of all that was written because of a message. */
export const useDifferencesOf = (messageId: string, isAsked: boolean) =>
  useQuery({
    queryKey: ['differences', messageId],
    queryFn: () => call<DifferenceList>('GET', runtimePath(`/differences?message=${messageId}&limit=200`)),
    enabled: useSession().may('operations:read') && isAsked,
  });

export type BulkAction = 'redrive' | 'discard';

export const dryRunDeadLetters = (action: BulkAction, filter: DeadLetterFilter): Promise<DeadLetterAnswer> =>
  call('POST', runtimePath(`/dead-letters/${action}?dryRun=1`), { filter });

/** One call takes so many at most; whoever has more to do than this has another problem. */
const MOST_CALLS = 500;

/** In as many calls as it takes; `told` hears how many messages are done. */
export function useDeadLetters(action: BulkAction, told: (messages: number) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ filter, reason }: { readonly filter: DeadLetterFilter; readonly reason: string }) => {
      let messages = 0;
      let after: number | null = 0;
      for (let calls = 0; calls < MOST_CALLS && after !== null; calls++) {
        const body = { filter: { ...filter, after }, reason };
        const answer: DeadLetterAnswer = await call('POST', runtimePath(`/dead-letters/${action}`), body);
        messages += answer.messages;
        told(messages);
        after = answer.next;
      }
      return messages;
    },
    onSettled: () => void refresh(client, 'reasons', 'queue', 'messages', 'message-pages', 'message', 'status'),
  });
}

export type QuarantineAction = 'reread' | 'discard';

export const dryRunQuarantine = (action: QuarantineAction, filter: QuarantineFilter): Promise<QuarantineAnswer> =>
  call('POST', runtimePath(`/quarantine/${action}?dryRun=1`), { filter });

/** In as many calls as it takes; gives how many were read or discarded. */
export function useQuarantine(action: QuarantineAction) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ filter, reason }: { readonly filter: QuarantineFilter; readonly reason: string }) => {
      let done = 0;
      let after: number | null = 0;
      for (let calls = 0; calls < MOST_CALLS && after !== null; calls++) {
        const body = { filter: { ...filter, after }, reason };
        const answer: QuarantineAnswer = await call('POST', runtimePath(`/quarantine/${action}`), body);
        done += answer.done;
        after = answer.next;
      }
      return done;
    },
    onSettled: () => void refresh(client, 'reasons', 'queue', 'messages', 'message-pages', 'message', 'status'),
  });
}

export function useSetSwitch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: SwitchRequest) => call<Switch>('POST', runtimePath('/switches'), request),
    onSettled: () => void refresh(client, 'switches', 'status', 'queue'),
  });
}

export function useClearSwitch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { readonly id: string; readonly reason: string }) =>
      call('POST', runtimePath(`/switches/${id}/clear`), { reason }),
    onSettled: () => void refresh(client, 'switches', 'status', 'queue'),
  });
}

export function useDecideEffect() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...decision }: EffectDecision & { readonly key: string }) =>
      call('POST', runtimePath(`/effects/${key}/decide`), decision),
    onSettled: () => void refresh(client, 'uncertain', 'message'),
  });
}

export function useSettleDifference() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...settling }: DifferenceSettling & { readonly id: string }) =>
      call('POST', runtimePath(`/differences/${id}/settle`), settling),
    onSettled: () => void refresh(client, 'differences', 'status', 'message'),
  });
}
