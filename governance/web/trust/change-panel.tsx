import { Button } from '@mantine/core';
import type { TrustChangeView } from '../../api/release-contract.ts';
import { fromBase64 } from '../../bundle/base64.ts';
import type { TrustStatement } from '../../bundle/statements.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useSigner } from '../signing/use-signer.tsx';
import { moment } from '../time/duration.ts';
import { useNow } from '../time/use-now.ts';
import { useTrustDeeds } from './queries.ts';
import classes from './trust.module.css';

/** A proposed version: what it changes, who has signed, what is missing. */
export function ChangePanel({
  change,
  environment,
}: {
  readonly change: TrustChangeView;
  readonly environment: string;
}) {
  const now = useNow();
  const say = useSay();
  const { view: self } = useSession();
  const { sign, withdraw } = useTrustDeeds(environment);
  const signer = useSigner();
  const { id, by, reason, at, changes, policy, signedBy, missing, outdated, envelope } = change;
  const mine = by === self.username;
  const statement = statementIn(change);
  const approve = (given: TrustStatement): void =>
    signer.ask({
      title: 'Approve a change of whom to trust',
      button: 'Approve',
      grave: policy.length > 0,
      words: <Words changes={changes} policy={policy} />,
      environment,
      statement: given,
      async onSigned(signed) {
        const { missing: left } = await sign.mutateAsync({ id, envelope: { ...signed, payload: envelope.payload } });
        say(left === '' ? 'The change is in force.' : `Signed; it still needs ${left}.`);
      },
    });
  return (
    <section className={`panel ${classes['change']}`} aria-label={`Change proposed by ${by}`} data-outdated={outdated}>
      <h2>
        {by} proposes, {moment(at, now)}: “{reason}”
      </h2>
      <Words changes={changes} policy={policy} />
      <p className="dim">
        Signed by {signedBy.join(', ')}. {missing !== '' && (outdated ? missing : `It needs ${missing}.`)}{' '}
        {!outdated && 'It is in force as soon as that is signed. Neither who proposes it nor whose key it is counts.'}
      </p>
      {withdraw.isError && <ProblemNotice error={withdraw.error} />}
      <div className={classes['acts']}>
        {!outdated && !signedBy.includes(self.username) && statement && (
          <Button onClick={() => approve(statement)}>Sign it…</Button>
        )}
        {mine && (
          <Button
            variant="default"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate(id, { onSuccess: () => say('Withdrawn.') })}
          >
            Withdraw
          </Button>
        )}
      </div>
      {signer.dialog}
    </section>
  );
}

function Words({ changes, policy }: Pick<TrustChangeView, 'changes' | 'policy'>) {
  return (
    <ul className={classes['words']}>
      {changes.map((line) => (
        <li key={line}>{line}</li>
      ))}
      {policy.map((line) => (
        <li key={line}>
          <strong>policy</strong>, {line}
        </li>
      ))}
      {changes.length + policy.length === 0 && <li>changes nothing that counts</li>}
    </ul>
  );
}

/** What is signed is what was proposed, byte by byte: its canonical form is the same. */
function statementIn({ envelope }: TrustChangeView): TrustStatement | null {
  const bytes = fromBase64(envelope.payload);
  return bytes ? (JSON.parse(new TextDecoder().decode(bytes)) as TrustStatement) : null;
}
