/** One's own signing keys: kept by the console, wrapped by a passphrase that it never sees. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { KeyFile } from '../../bundle/key-file.ts';
import type { OwnKey, OwnKeys } from '../../api/release-contract.ts';
import { call } from '../api/client.ts';
import { refresh } from '../api/queries.ts';

export const useOwnKeys = () =>
  useQuery({ queryKey: ['keys'], queryFn: () => call<OwnKeys>('GET', '/keys/mine'), staleTime: 30_000 });

export function useKeepKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (file: KeyFile) => call<OwnKey>('POST', '/keys/mine', file),
    onSettled: () => void refresh(client, 'keys'),
  });
}

export function useForgetKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<void>('POST', `/keys/mine/${id}/forget`, {}),
    onSettled: () => void refresh(client, 'keys'),
  });
}
