import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { ConsoleProblem, SessionView } from '../../api/contract.ts';
import { call, problemOf } from '../api/client.ts';
import { Mark } from '../shell/mark.tsx';
import classes from './login-page.module.css';

export function LoginPage({
  ended,
  onLogin,
}: {
  readonly ended: boolean;
  readonly onLogin: (session: SessionView) => void;
}) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ConsoleProblem | null>(null);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      onLogin(await call<SessionView>('POST', '/session', { username, password }));
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void submit();
  };

  return (
    <main className={classes['page']}>
      <form className={`panel ${classes['card']}`} onSubmit={onSubmit}>
        <div className={classes['brand']}>
          <Mark size={36} />
          <div>
            <h1>Wardflow</h1>
            <p className="dim">Clinical workflow console</p>
          </div>
        </div>
        {ended && !problem && (
          <p className={classes['note']} role="status">
            Your session has ended. Log in to go on where you were.
          </p>
        )}
        <TextInput
          label="User name"
          size="sm"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          withAsterisk={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          size="sm"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {problem && (
          <p className={classes['problem']} role="alert">
            <strong>{problem.title}</strong> {problem.remedy}
          </p>
        )}
        <Button type="submit" size="sm" fullWidth loading={busy}>
          Log in
        </Button>
        <p className={`dim ${classes['hint']}`}>
          First time here? The user name is <code>admin</code>; the password was printed once where Wardflow was
          started.
        </p>
      </form>
    </main>
  );
}
