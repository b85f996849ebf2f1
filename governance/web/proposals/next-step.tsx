import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ProposalView } from '../../api/proposal-contract.ts';
import type { ApprovalStatement, AuthorStatement } from '../../bundle/statements.ts';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useSession } from '../session/session.ts';
import { useSay } from '../shell/announcer.tsx';
import { useSigner } from '../signing/use-signer.tsx';
import { useShownProposal } from './discussion.ts';
import classes from './proposal-page.module.css';
import { useSendSignature, useTrust } from './queries.ts';
import { ReasonSheet, type ReasonDeed } from './reason-sheet.tsx';
import { stateSentence, troubleSentence } from './state-sentence.ts';

/** What it waits for, in one sentence, and what the reader can do about it. */
export function NextStep() {
  const view = useShownProposal();
  const { may, number } = view;
  const signer = useSigner();
  const send = useSendSignature(number);
  const say = useSay();
  const [deed, setDeed] = useState<ReasonDeed | null>(null);
  const roles = useRolesToApproveAs(view);

  const approve = (role: string): void => {
    const { bundle, base, authorStatement, policy, environment } = view;
    if (authorStatement === null) return;
    signer.ask({
      title: `Approve proposal ${number}`,
      button: 'Approve',
      environment,
      words: (
        <p>
          You say that you have looked at <strong>{view.headline || view.title}</strong>, and that it may go into{' '}
          {environment}. The approval is of exactly this bundle; it falls with any change.
        </p>
      ),
      statement: (at): ApprovalStatement => ({
        kind: 'approval',
        format: 1,
        bundle,
        base,
        author: authorStatement,
        policy,
        role,
        at,
      }),
      onSigned: async (envelope) => {
        await send.mutateAsync({ as: 'approvals', envelope });
        say(`Approved as ${role}.`);
      },
    });
  };
  const sign = (): void =>
    signer.ask({
      title: `Sign proposal ${number}`,
      button: 'Sign',
      environment: view.environment,
      words: (
        <p>
          You say that <strong>{view.headline || view.title}</strong> is the change that you propose for{' '}
          {view.environment}. Others can approve it then; you cannot.
        </p>
      ),
      statement: (at): AuthorStatement => ({
        kind: 'author',
        format: 1,
        bundle: view.bundle,
        base: view.base,
        summary: view.summary,
        at,
      }),
      onSigned: async (envelope) => {
        await send.mutateAsync({ as: 'signature', envelope });
        say('Signed: it waits for approvals now.');
      },
    });

  useShortcuts('Proposal', [
    ...(may.approve.yes && roles[0] !== undefined
      ? [{ keys: 'a', what: `Approve as ${roles[0]}`, run: () => approve(roles[0] ?? '') }]
      : []),
    ...(may.sign.yes ? [{ keys: 's', what: 'Sign as its author', run: sign }] : []),
    ...(may.reject.yes ? [{ keys: 'x', what: 'Reject', run: () => setDeed('reject') }] : []),
  ]);

  const trouble = troubleSentence(view);
  const over = ['released', 'rejected', 'withdrawn'].includes(view.state);
  return (
    <section
      className={`panel ${classes['next']}`}
      aria-label="Next step"
      data-tone={view.outdated && !over ? 'warn' : 'plain'}
    >
      <p>{stateSentence(view)}</p>
      <div className={classes['deeds']}>
        {may.sign.yes && <Button onClick={sign}>Sign as its author…</Button>}
        {may.approve.yes &&
          roles.map((role) => (
            <Button key={role} onClick={() => approve(role)}>
              Approve as {role}…
            </Button>
          ))}
        {may.order.yes && (
          <Button component={Link} href={`/environments/${view.environment}?proposal=${number}`}>
            Order it into {view.environment}…
          </Button>
        )}
        {may.revise.yes && (
          <Button variant={view.outdated ? 'filled' : 'default'} onClick={() => setDeed('revise')}>
            Revise…
          </Button>
        )}
        {may.reject.yes && (
          <Button variant="default" onClick={() => setDeed('reject')}>
            Reject…
          </Button>
        )}
        {may.withdraw.yes && (
          <Button variant="default" onClick={() => setDeed('withdraw')}>
            Withdraw…
          </Button>
        )}
      </div>
      {!over && trouble !== '' && <p className={classes['trouble']}>{trouble}</p>}
      {!over && !may.approve.yes && view.state === 'open' && <p className="dim">{may.approve.because}</p>}
      {may.approve.yes && view.state === 'open' && roles.length === 0 && (
        <p className="dim">No seat that is free is for a role that your signing key has in {view.environment}.</p>
      )}
      {deed && <ReasonSheet deed={deed} onClose={() => setDeed(null)} />}
      {signer.dialog}
    </section>
  );
}

/** Roles in which one's keys are trusted and a seat is free; the server and the runtime decide in the end. */
function useRolesToApproveAs({ environment, seats, may }: ProposalView): readonly string[] {
  const { view } = useSession();
  const trust = useTrust(environment).data;
  if (!may.approve.yes) return [];
  const held = new Set<string>(
    trust
      ? trust.keys.filter(({ person, revoked }) => person === view.username && !revoked).flatMap(({ roles }) => roles)
      : view.roles,
  );
  return [...new Set(seats.filter(({ person, role }) => person === null && held.has(role)).map(({ role }) => role))];
}
