import { Button, CopyButton, PasswordInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { Enrolment } from '../../api/contract.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { CodeInput, isCode } from './code-input.tsx';
import { QrPicture } from './qr-picture.tsx';
import { useBegin, useConfirm } from './queries.ts';
import { RecoveryCodeList } from './recovery-code-list.tsx';
import classes from './second-factor.module.css';

/** Password, then the picture for the app and a code of it, then the recovery codes. */
export function EnrolmentSteps({ username, onDone }: { readonly username: string; readonly onDone: () => void }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <RecoveryCodeList codes={codes} username={username} onDone={onDone} />;
  if (enrolment) return <ScanStep enrolment={enrolment} onConfirmed={setCodes} />;
  return <PasswordStep onBegun={setEnrolment} />;
}

function PasswordStep({ onBegun }: { readonly onBegun: (enrolment: Enrolment) => void }) {
  const [password, setPassword] = useState('');
  const begin = useBegin();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    begin.mutate({ password }, { onSuccess: onBegun });
  };
  return (
    <form className={classes['step']} onSubmit={submit}>
      <p className="dim">
        You need an authenticator app on your telephone or computer. It shows a new code every 30 seconds; you give it
        after your password.
      </p>
      <PasswordInput
        label="Your password"
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show: Your password' }}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {begin.isError && <ProblemNotice error={begin.error} />}
      <Button type="submit" loading={begin.isPending} disabled={password === ''}>
        Set it up
      </Button>
    </form>
  );
}

function ScanStep({
  enrolment: { uri, secret },
  onConfirmed,
}: {
  readonly enrolment: Enrolment;
  readonly onConfirmed: (codes: readonly string[]) => void;
}) {
  const [code, setCode] = useState('');
  const confirm = useConfirm();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    confirm.mutate({ code: code.trim() }, { onSuccess: ({ recoveryCodes }) => onConfirmed(recoveryCodes) });
  };
  return (
    <form className={classes['step']} onSubmit={submit}>
      <div>
        <h3>Scan this with the app</h3>
        <p className="dim">Then give the code that it shows.</p>
      </div>
      <QrPicture text={uri} label="QR code for the authenticator app; the key below says the same" />
      <div className={classes['by-hand']}>
        <p className="dim">Or type this key into the app:</p>
        <code className={classes['secret']}>{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-xs" onClick={copy}>
              {copied ? 'Copied' : 'Copy the key'}
            </Button>
          )}
        </CopyButton>
      </div>
      <CodeInput value={code} onChange={setCode} focus />
      {confirm.isError && <ProblemNotice error={confirm.error} />}
      <Button type="submit" loading={confirm.isPending} disabled={!isCode(code)}>
        Turn it on
      </Button>
    </form>
  );
}
