import { useMutation, useQuery } from '@tanstack/react-query';
import type { SessionEntry } from '../../api/people-contract.ts';
import { rolesInWords } from '../administration/roles.ts';
import { call } from '../api/client.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { SecondFactorPanel } from '../second-factor/second-factor-panel.tsx';
import { KeysPanel } from '../signing/keys-panel.tsx';
import classes from './account-page.module.css';
import { ChangePassword } from './change-password.tsx';
import { SessionTable } from './session-table.tsx';

/** One's own password, second step, roles, sessions and signing keys. */
export default function AccountPage() {
  useDocumentTitle('My account');
  const { view } = useSession();
  const say = useSay();
  return (
    <>
      <div className="page-head">
        <h1>{view.displayName}</h1>
        <span className="dim">
          {view.username} · {rolesInWords(view) || 'no role yet: ask an administrator'}
        </span>
      </div>
      <div className={classes['columns']}>
        <section className="panel" aria-labelledby="password">
          <div className="panel-head">
            <h2 id="password">Change the password</h2>
          </div>
          <ChangePassword
            currentLabel="Current password"
            onChanged={() => say('The password was changed. Other sessions were ended.')}
          />
        </section>
        <SecondFactorPanel />
        <Sessions />
        <KeysPanel />
      </div>
    </>
  );
}

function Sessions() {
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => call<{ readonly sessions: readonly SessionEntry[] }>('GET', '/sessions'),
  });
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE', `/sessions/${id}`),
    onSettled: () => sessions.refetch(),
  });
  return (
    <section className="panel" aria-labelledby="sessions">
      <div className="panel-head">
        <h2 id="sessions">Where you are logged in</h2>
      </div>
      {end.isError && <ProblemNotice error={end.error} />}
      {sessions.isPending && <LoadingRows rows={2} />}
      {sessions.isError && <ProblemNotice error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.data && <SessionTable sessions={sessions.data.sessions} onEnd={(id) => end.mutate(id)} />}
    </section>
  );
}
