/** What the pages ask, each once: keys, paths and shapes. Live changes invalidate by the first parts of a key. */
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { AuditPage, RuntimeEntry } from '../../api/contract.ts';
import type {
  DefinitionDetail,
  DiscardAnswer,
  EscalationList,
  MessageDetail,
  NoticeList,
  RedriveAnswer,
  RereadAnswer,
  RuntimeStatus,
} from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { call, callForBytes, queryOf } from './client.ts';
import { ENVIRONMENT } from './environment.ts';

export const runtimePath = (path: string): string => `/runtimes/${ENVIRONMENT}${path}`;

export const useRuntimes = () =>
  useQuery({
    queryKey: ['runtimes'],
    queryFn: () => call<{ readonly runtimes: readonly RuntimeEntry[] }>('GET', '/runtimes'),
    refetchInterval: 60_000,
  });

export const useStatus = () =>
  useQuery({
    queryKey: ['status'],
    queryFn: () => call<RuntimeStatus>('GET', runtimePath('/status')),
    refetchInterval: 30_000,
  });

export const useMessage = (id: string) =>
  useQuery({ queryKey: ['message', id], queryFn: () => call<MessageDetail>('GET', runtimePath(`/messages/${id}`)) });

export const useDefinition = (name: string | undefined) =>
  useQuery({
    queryKey: ['definition', name],
    enabled: name !== undefined,
    queryFn: () => call<DefinitionDetail>('GET', runtimePath(`/definitions/${name}`)),
    staleTime: 60_000,
  });

export const useEscalations = (state: 'open' | undefined) =>
  useQuery({
    queryKey: ['escalations', state ?? 'all'],
    queryFn: () =>
      call<EscalationList>(
        'GET',
        runtimePath(`/escalations${queryOf({ state: state && 'open,exhausted', limit: 500 })}`),
      ),
    enabled: useSession().may('escalation:list'),
    refetchInterval: 30_000,
  });

export const useNotices = () =>
  useQuery({
    queryKey: ['notices'],
    queryFn: () => call<NoticeList>('GET', runtimePath('/notices')),
    // Beside what is told live: a notice must not be missed for a change that got lost.
    refetchInterval: 30_000,
  });

export interface AuditFilter {
  readonly type?: string;
  readonly actor?: string;
  readonly message?: string;
  readonly since?: number;
  readonly before?: number;
  readonly limit?: number;
}
export const fetchAudit = (filter: AuditFilter): Promise<AuditPage> =>
  call<AuditPage>('GET', runtimePath(`/audit${queryOf({ ...filter })}`));
export const fetchRaw = (id: string): Promise<Uint8Array<ArrayBuffer>> =>
  callForBytes(runtimePath(`/messages/${id}/raw`));
export const dryRunReread = (id: string): Promise<RereadAnswer> =>
  call('POST', runtimePath(`/messages/${id}/reread?dryRun=1`), {});
export const dryRunDiscard = (id: string, all: boolean): Promise<DiscardAnswer> =>
  call('POST', runtimePath(`/messages/${id}/discard?dryRun=1`), { all });
export const dryRunRedrive = (id: string): Promise<RedriveAnswer> =>
  call('POST', runtimePath(`/messages/${id}/redrive?dryRun=1`), {});

export function useAcknowledge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { readonly id: string; readonly reason?: string }) =>
      call<{ readonly outcome: string }>(
        'POST',
        runtimePath(`/escalations/${id}/acknowledge`),
        reason ? { reason } : {},
      ),
    // Also after a refusal: somebody else may have been first.
    // Not awaited: what is shown may close the sheet that still has something to say.
    onSettled: () => void refresh(client, 'escalations', 'message', 'status'),
  });
}

/** What a person can do with one message. */
export type SettleAction = 'redrive' | 'discard' | 'release' | 'reread';

export function useSettle(id: string, action: SettleAction) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { readonly reason: string; readonly all?: true }) =>
      call<Partial<RereadAnswer>>('POST', runtimePath(`/messages/${id}/${action}`), given),
    onSettled: () => void refresh(client, 'message', 'messages', 'status', 'reasons'),
  });
}

export async function refresh(client: QueryClient, ...kinds: readonly string[]): Promise<void> {
  await Promise.all(kinds.map((kind) => client.invalidateQueries({ queryKey: [kind] })));
}
