import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { scopeFor } from '../../api/permissions.ts';
import type { SessionView } from '../../api/contract.ts';
import { ApiError, call } from '../api/client.ts';
import { ChoosePasswordPage } from '../account/choose-password-page.tsx';
import { EnrolPage } from '../second-factor/enrol-page.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { LoginPage } from './login-page.tsx';
import { SessionContext, type CurrentSession } from './session.ts';

/** Shows the app to who is logged in, and the login page to everybody else. The address stays, so one lands where one wanted. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  const session = useQuery({
    queryKey: ['session'],
    queryFn: () => call<SessionView | null>('GET', '/session'),
    staleTime: Infinity,
  });

  useEffect(
    () =>
      client.getQueryCache().subscribe(({ query }) => {
        const { error } = query.state;
        if (
          error instanceof ApiError &&
          error.problem.code === 'session-missing' &&
          client.getQueryData(['session']) != null
        ) {
          setEnded(true);
          client.clear();
          client.setQueryData(['session'], null);
        }
      }),
    [client],
  );

  const view = session.data;
  const current = useMemo<CurrentSession | null>(
    () =>
      view
        ? {
            view,
            may: (permission) => view.permissions.includes(permission),
            mayEverywhere: (permission) =>
              view.permissions.includes(permission) && scopeFor(view.roles, view.limits, permission) === 'all',
            async logout() {
              await call('DELETE', '/session');
              client.clear();
              client.setQueryData(['session'], null);
            },
          }
        : null,
    [view, client],
  );

  if (session.isPending) return null;
  if (session.isError) return <ProblemNotice error={session.error} retry={() => void session.refetch()} alone />;
  if (!current)
    return (
      <LoginPage
        ended={ended}
        onLogin={(next) => {
          setEnded(false);
          client.setQueryData(['session'], next);
        }}
      />
    );
  if (current.view.mustChangePassword)
    return (
      <ChoosePasswordPage
        name={current.view.displayName}
        onChanged={() => void client.invalidateQueries({ queryKey: ['session'] })}
        onLogout={() => void current.logout()}
      />
    );
  if (current.view.owesSecondFactor)
    return (
      <EnrolPage
        name={current.view.displayName}
        username={current.view.username}
        onDone={() => void client.invalidateQueries({ queryKey: ['session'] })}
        onLogout={() => void current.logout()}
      />
    );
  return <SessionContext value={current}>{children}</SessionContext>;
}
