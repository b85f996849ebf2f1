import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  Enrolment,
  FullProof,
  RecoveryCodes,
  SecondFactorBegin,
  SecondFactorConfirm,
  SecondFactorView,
} from '../../api/contract.ts';
import { call } from '../api/client.ts';
import { refresh } from '../api/queries.ts';

export const useSecondFactor = () =>
  useQuery({ queryKey: ['second-factor'], queryFn: () => call<SecondFactorView>('GET', '/session/second-factor') });

export const useBegin = () =>
  useMutation({
    mutationFn: (body: SecondFactorBegin) => call<Enrolment>('POST', '/session/second-factor/begin', body),
  });

function useChange<Wish, Answer>(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wish: Wish) => call<Answer>('POST', `/session/second-factor/${path}`, wish),
    onSettled: () => void refresh(client, 'second-factor', 'sessions'),
  });
}

export const useConfirm = () => useChange<SecondFactorConfirm, RecoveryCodes>('confirm');
export const useRenewCodes = () => useChange<FullProof, RecoveryCodes>('recovery-codes');
export const useTurnOff = () => useChange<FullProof, void>('off');
