import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { ConsoleProblem, SessionView } from '../../api/contract.ts';
import { call, problemOf } from '../api/client.ts';
import { CodeInput, isCode } from '../second-factor/code-input.tsx';
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
  /** `null`: not asked for. */
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ConsoleProblem | null>(null);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const proof = { username, password, ...(code === null ? {} : { code: code.trim() }) };
      onLogin(await call<SessionView>('POST', '/session', proof));
    } catch (error) {
      const refused = problemOf(error);
      if (refused.code === 'code-needed') setCode('');
      else setProblem(refused);
      // Not right twice: a new one is needed in any case.
      if (refused.code === 'code-refused') setCode('');
      setBusy(false);
    }
  };
  const restart = (): void => {
    setCode(null);
    setPassword('');
    setProblem(null);
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
          readOnly={code !== null}
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          withAsterisk={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        {code === null && (
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
        )}
        {code !== null && <CodeInput value={code} onChange={setCode} recovery focus />}
        {problem && (
          <p className={classes['problem']} role="alert">
            <strong>{problem.title}</strong> {problem.remedy}
          </p>
        )}
        <Button type="submit" size="sm" fullWidth loading={busy} disabled={code !== null && !isCode(code)}>
          {code === null ? 'Log in' : 'Go on'}
        </Button>
        {code !== null && (
          <Button variant="subtle" size="sm" fullWidth onClick={restart}>
            Log in as somebody else
          </Button>
        )}
        {code === null && <FirstTime />}
      </form>
    </main>
  );
}

function FirstTime() {
  return (
    <p className={`dim ${classes['hint']}`}>
      First time here? The user name is <code>admin</code>; the password was printed once where Wardflow was started.
    </p>
  );
}
