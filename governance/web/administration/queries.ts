import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  NewPerson,
  NewServiceAccount,
  OneTimePassword,
  PersonChange,
  PersonView,
  ServiceAccountView,
  ServiceToken,
  SessionEntry,
} from '../../api/people-contract.ts';
import { call } from '../api/client.ts';
import { refresh } from '../api/queries.ts';

export const usePeople = () =>
  useQuery({
    queryKey: ['people'],
    queryFn: () => call<{ readonly people: readonly PersonView[] }>('GET', '/people'),
  });

export const useSessionsOf = (username: string) =>
  useQuery({
    queryKey: ['people', username, 'sessions'],
    queryFn: () => call<{ readonly sessions: readonly SessionEntry[] }>('GET', `/people/${username}/sessions`),
  });

export const usePrograms = () =>
  useQuery({
    queryKey: ['service-accounts'],
    queryFn: () => call<{ readonly accounts: readonly ServiceAccountView[] }>('GET', '/service-accounts'),
  });

/** Also after a refusal: somebody else may have changed what is shown. */
function useChange<Wish, Answer>(kind: string, ask: (wish: Wish) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: ask, onSettled: () => void refresh(client, kind) });
}

export const useCreatePerson = () =>
  useChange('people', (wish: NewPerson) => call<OneTimePassword>('POST', '/people', wish));
export const useChangePerson = (username: string) =>
  useChange('people', (wish: PersonChange) => call<PersonView>('POST', `/people/${username}`, wish));
export const useResetPerson = (username: string) =>
  useChange('people', () => call<OneTimePassword>('POST', `/people/${username}/reset`, {}));
export const useRemoveSecondFactor = (username: string) =>
  useChange('people', () => call<PersonView>('DELETE', `/people/${username}/second-factor`));
export const useUnlockPerson = (username: string) =>
  useChange('people', () => call<PersonView>('POST', `/people/${username}/unlock`, {}));
/** Without an id: all of them. */
export const useEndSessions = (username: string) =>
  useChange('people', (id: string | null) =>
    call<void>('DELETE', `/people/${username}/sessions${id === null ? '' : `/${id}`}`),
  );
export const useCreateProgram = () =>
  useChange('service-accounts', (wish: NewServiceAccount) => call<ServiceToken>('POST', '/service-accounts', wish));
export const useRevokeProgram = () =>
  useChange('service-accounts', (id: string) => call<void>('DELETE', `/service-accounts/${id}`));
