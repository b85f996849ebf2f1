/** Messages pinned as samples for the editor's preview. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SampleView, SampleViews } from '../../api/runtime-shapes.ts';
import { call } from '../api/client.ts';
import { refresh, runtimePath } from '../api/queries.ts';
import { useSession } from '../session/session.ts';

export const useSamples = () =>
  useQuery({
    queryKey: ['samples'],
    queryFn: () => call<SampleViews>('GET', runtimePath('/samples')),
    enabled: useSession().may('message:read'),
  });

export function usePin(message: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => call<SampleView>('POST', runtimePath(`/messages/${message}/pin`), { name }),
    onSettled: () => void refresh(client, 'samples'),
  });
}

export function useUnpin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: string) => call('POST', runtimePath(`/messages/${message}/unpin`), {}),
    onSettled: () => void refresh(client, 'samples'),
  });
}
