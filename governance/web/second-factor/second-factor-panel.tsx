import { Button, PasswordInput } from '@mantine/core';
import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import type { FullProof, SecondFactorView } from '../../api/contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { ToneMark } from '../states/state-mark.tsx';
import { moment } from '../time/duration.ts';
import { CodeInput, isCode } from './code-input.tsx';
import { EnrolmentSteps } from './enrolment-steps.tsx';
import { useRenewCodes, useSecondFactor, useTurnOff } from './queries.ts';
import { RecoveryCodeList } from './recovery-code-list.tsx';
import classes from './second-factor.module.css';

/** Fewer left than this, and one is told. */
const FEW = 4;

/** The second step of one's own login: whether there is one, setting it up, turning it off, new recovery codes. */
export function SecondFactorPanel() {
  const { view } = useSession();
  const own = useSecondFactor();
  const say = useSay();
  const [enrolling, setEnrolling] = useState(false);
  const stop = (): void => {
    setEnrolling(false);
    say('Your login has a second step now.');
  };
  return (
    <section className="panel" aria-labelledby="second-factor">
      <div className="panel-head">
        <h2 id="second-factor">Second step at login</h2>
      </div>
      {own.isPending && <LoadingRows rows={2} />}
      {own.isError && !own.data && <ProblemNotice error={own.error} retry={() => void own.refetch()} />}
      {own.data &&
        (enrolling ? (
          <EnrolmentSteps username={view.username} onDone={stop} />
        ) : own.data.since === null ? (
          <div className={classes['step']}>
            <ToneMark tone="plain" icon={ShieldOff}>
              Off
            </ToneMark>
            <p className="dim">
              With it, somebody who learns your password still cannot log in: a code from your telephone is needed, too.
            </p>
            <Button onClick={() => setEnrolling(true)}>Set up…</Button>
          </div>
        ) : (
          <On own={own.data} since={own.data.since} username={view.username} />
        ))}
    </section>
  );
}

function On({
  own,
  since,
  username,
}: {
  readonly own: SecondFactorView;
  readonly since: number;
  readonly username: string;
}) {
  const say = useSay();
  const [wish, setWish] = useState<'codes' | 'off' | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const renew = useRenewCodes();
  const off = useTurnOff();
  if (codes) return <RecoveryCodeList codes={codes} username={username} onDone={() => setCodes(null)} />;
  const close = (): void => {
    setWish(null);
    renew.reset();
    off.reset();
  };
  const few = own.recoveryCodes < FEW;
  return (
    <div className={classes['step']}>
      <ToneMark tone="ok" icon={ShieldCheck}>
        On since {moment(since, Date.now())}
      </ToneMark>
      <p className={few ? classes['few'] : 'dim'}>
        {own.recoveryCodes === 1 ? '1 recovery code is' : `${own.recoveryCodes} recovery codes are`} left.
        {few && ' Make new ones before you need them.'}
      </p>
      {own.demanded && <p className="dim">Your role demands it: turned off, it has to be set up again at once.</p>}
      {wish === null && (
        <div className={classes['row']}>
          <Button variant="default" onClick={() => setWish('codes')}>
            New recovery codes…
          </Button>
          <Button variant="default" onClick={() => setWish('off')}>
            Turn off…
          </Button>
        </div>
      )}
      {wish === 'codes' && (
        <ProofForm
          action="Make new codes"
          hint="The old ones open nothing then."
          busy={renew.isPending}
          error={renew.error}
          onCancel={close}
          onProof={(proof) =>
            renew.mutate(proof, {
              onSuccess: ({ recoveryCodes }) => {
                close();
                setCodes(recoveryCodes);
              },
            })
          }
        />
      )}
      {wish === 'off' && (
        <ProofForm
          action="Turn off"
          hint="Your password alone opens your account then. Also the way to another telephone: turn off, set up again."
          busy={off.isPending}
          error={off.error}
          onCancel={close}
          onProof={(proof) =>
            off.mutate(proof, {
              onSuccess: () => {
                close();
                say('The second step was turned off.');
                // Who owes one again is asked for it before anything else.
                if (own.demanded) window.location.reload();
              },
            })
          }
        />
      )}
    </div>
  );
}

function ProofForm({
  action,
  hint,
  busy,
  error,
  onProof,
  onCancel,
}: {
  readonly action: string;
  readonly hint: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onProof: (proof: FullProof) => void;
  readonly onCancel: () => void;
}) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onProof({ password, code: code.trim() });
  };
  return (
    <form className={classes['proof']} onSubmit={submit}>
      <p className="dim">{hint}</p>
      <PasswordInput
        label="Your password"
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show: Your password' }}
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <CodeInput value={code} onChange={setCode} recovery />
      {error && <ProblemNotice error={error} />}
      <div className={classes['row']}>
        <Button type="submit" loading={busy} disabled={password === '' || !isCode(code)}>
          {action}
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
