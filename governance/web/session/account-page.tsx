import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { SessionEntry } from '../../api/people-contract.ts';
import { call } from '../api/client.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { moment } from '../time/duration.ts';
import classes from './account-page.module.css';
import { useSession } from './session.ts';

const SHORTEST = 12;

/** One's own password and sessions. */
export default function AccountPage() {
  useDocumentTitle('Password and sessions');
  const { view } = useSession();
  return (
    <>
      <div className="page-head">
        <h1>{view.displayName}</h1>
        <span className="dim">
          {view.username} · {view.roles.join(', ')}
        </span>
      </div>
      <div className={classes['columns']}>
        <ChangePassword />
        <Sessions />
      </div>
    </>
  );
}

function ChangePassword() {
  const say = useSay();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation({ mutationFn: () => call('POST', '/session/password', { current, next }) });
  const tooShort = next !== '' && next.length < SHORTEST;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    change.mutate(undefined, {
      onSuccess: () => {
        setCurrent('');
        setNext('');
        say('The password was changed. Other sessions were ended.');
      },
    });
  };
  return (
    <section className="panel" aria-labelledby="password">
      <div className="panel-head">
        <h2 id="password">Change the password</h2>
      </div>
      <form className={classes['form']} onSubmit={submit}>
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the current password' }}
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description={`At least ${SHORTEST} characters. Several words are easier to remember than signs.`}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
          error={tooShort ? `${SHORTEST - next.length} more` : null}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        {change.isError && <ProblemNotice error={change.error} />}
        <Button type="submit" loading={change.isPending} disabled={current === '' || next.length < SHORTEST}>
          Change password
        </Button>
      </form>
    </section>
  );
}

function Sessions() {
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => call<{ readonly sessions: readonly SessionEntry[] }>('GET', '/sessions'),
  });
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE', `/sessions/${id}`),
    onSuccess: () => sessions.refetch(),
  });
  return (
    <section className="panel" aria-labelledby="sessions">
      <div className="panel-head">
        <h2 id="sessions">Where you are logged in</h2>
      </div>
      {sessions.isError && <ProblemNotice error={sessions.error} />}
      <table className="plain-table">
        <thead>
          <tr>
            <th>Since</th>
            <th>Last used</th>
            <th>
              <span className="visually-hidden">End it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.data?.sessions.map((one) => (
            <tr key={one.id}>
              <td>{moment(one.createdAt, Date.now())}</td>
              <td>{one.current ? 'this one' : moment(one.lastSeenAt, Date.now())}</td>
              <td className="number">
                {!one.current && (
                  <Button variant="default" size="compact-xs" onClick={() => end.mutate(one.id)}>
                    End
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
