/** What the pages of alerts ask, each once. Live changes make `alerts` and `alert <id>` stale. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AlertCloseRequest,
  AlertDetail,
  AlertList,
  AlertState,
  AlertView,
  HeldBackList,
} from '../../api/runtime-shapes.ts';
import { call, queryOf } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

const EVERY_MS = 30_000;
/** The newest of each state; a list says how many there are beyond. */
export const MOST_SHOWN = 1000;

export const useAlerts = (states: readonly AlertState[], shown = true) =>
  useQuery({
    queryKey: ['alerts', ...states],
    queryFn: () =>
      call<AlertList>('GET', runtimePath(`/alerts${queryOf({ state: states.join(','), limit: MOST_SHOWN })}`)),
    enabled: useSession().may('alert:list') && shown,
    refetchInterval: EVERY_MS,
  });

/** How many wait for an answer, for the navigation. */
export const useOpenAlerts = () =>
  useQuery({
    queryKey: ['alerts', 'count'],
    queryFn: () => call<AlertList>('GET', runtimePath('/alerts?state=open&limit=1')),
    enabled: useSession().may('alert:list'),
    refetchInterval: EVERY_MS,
  });

export const useAlertsOf = (messageId: string) =>
  useQuery({
    queryKey: ['alerts', 'message', messageId],
    queryFn: () => call<AlertList>('GET', runtimePath(`/alerts${queryOf({ message: messageId })}`)),
    enabled: useSession().may('alert:list'),
  });

export const useAlert = (id: string) =>
  useQuery({ queryKey: ['alert', id], queryFn: () => call<AlertDetail>('GET', runtimePath(`/alerts/${id}`)) });

/** @param messageId what it came from; left out: all, newest first */
export const useHeldBack = (messageId?: string) =>
  useQuery({
    queryKey: ['alerts', 'held-back', messageId ?? ''],
    queryFn: () =>
      call<HeldBackList>('GET', runtimePath(`/alerts/held-back${queryOf({ message: messageId, limit: MOST_SHOWN })}`)),
    enabled: useSession().may('alert:list'),
    refetchInterval: EVERY_MS,
  });

export type AlertStep =
  | { readonly step: 'open' }
  | { readonly step: 'acknowledge' }
  | { readonly step: 'act'; readonly what: string }
  | ({ readonly step: 'close' } & Pick<AlertCloseRequest, 'dismissal'>);

/** One step at an alert as it was seen. */
export function useAlertStep() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ alert, step, ...more }: AlertStep & { readonly alert: Pick<AlertView, 'id' | 'version'> }) =>
      call<AlertView>('POST', runtimePath(`/alerts/${alert.id}/${step}`), {
        ...(step !== 'open' && { seen: alert.version }),
        ...more,
      }),
    // Also after a refusal: somebody else may have been first.
    onSettled: () => void refresh(client, 'alerts', 'alert', 'shift', 'tasks', 'task', 'escalations'),
  });
}
