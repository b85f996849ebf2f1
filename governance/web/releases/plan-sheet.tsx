import { Button, Checkbox, Drawer } from '@mantine/core';
import { useState } from 'react';
import type { EnvironmentView, ReleaseAnswer } from '../../api/release-contract.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { Hash } from '../signing/hash.tsx';
import { useSigner } from '../signing/use-signer.tsx';
import { PlanView } from './plan-view.tsx';
import { usePlan, useRelease } from './queries.ts';
import { currentOf, nameOf, titleOf } from './release-words.ts';
import classes from './releases.module.css';

/** A bundle that somebody wants an environment to run. */
export interface Candidate {
  readonly bundle: string;
  readonly title: string;
  readonly back: boolean;
}

/** It is carried out at once: an order that lies about helps nobody. */
const ORDER_LIVES_MS = 15 * 60_000;

/** What would happen, then the signature. */
export function PlanSheet({
  view,
  candidate,
  onClose,
  onDone,
}: {
  readonly view: EnvironmentView;
  readonly candidate: Candidate;
  readonly onClose: () => void;
  readonly onDone: (answer: ReleaseAnswer) => void;
}) {
  const { bundle, title, back } = candidate;
  const plan = usePlan(view.name, { bundle, kind: 'order' });
  const [drain, setDrain] = useState(false);
  const { view: self } = useSession();
  const release = useRelease(view.name);
  const signer = useSigner();
  const name = nameOf(view.name);
  const current = currentOf(view);
  const ready = plan.isSuccess && (plan.data?.refusals.length ?? 0) === 0;
  const sign = (): void =>
    signer.ask({
      title: back ? `Take ${view.name} back` : `Promote to ${view.name}`,
      button: back ? 'Take it back' : 'Promote',
      words: (
        <p>
          {name} runs <strong>{title}</strong> from now on
          {current && <> instead of {titleOf(current)}</>}. Messages that come after it are handled by it.
        </p>
      ),
      environment: view.name,
      statement: (at) => ({
        kind: 'order',
        format: 1,
        environment: view.name,
        bundle,
        previous: view.next.previous,
        sequence: view.next.sequence,
        at,
        expires: new Date(Date.parse(at) + ORDER_LIVES_MS).toISOString(),
        actor: self.username,
      }),
      async onSigned(entry) {
        onDone(await release.mutateAsync({ entry, drain }));
      },
    });

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={back ? `Take ${view.name} back to ${title}` : `Promote ${title}`}
    >
      <div className={classes['sheet']}>
        <p>
          Bundle <Hash of={bundle} />
          {view.next.previous === null ? (
            <>, the first that {view.name} runs.</>
          ) : (
            <>
              {' '}
              in place of <Hash of={view.next.previous} />.
            </>
          )}{' '}
          {back && 'It was approved and ran here before: going back needs no new approval.'}
        </p>
        {plan.isPending && <LoadingRows rows={5} />}
        {plan.isError && <ProblemNotice error={plan.error} retry={() => void plan.refetch()} />}
        {plan.isSuccess && plan.data === null && (
          <p className={classes['note']}>
            {view.place === 'elsewhere'
              ? `${name} runs on another host, which fetches its releases: what restarts there is not known here.`
              : `${name} does not answer: nobody can say what would restart.${back ? ' It runs this when it starts.' : ''}`}
          </p>
        )}
        {plan.data && <PlanView plan={plan.data} />}
        {plan.data && plan.data.refusals.length === 0 && (
          <Checkbox
            label="First finish what is in work (at most a minute)"
            description="Nothing new is taken up meanwhile; messages are still accepted and wait."
            checked={drain}
            onChange={(event) => setDrain(event.currentTarget.checked)}
          />
        )}
        <div className={classes['actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it as it is
          </Button>
          <Button size="sm" disabled={!ready} onClick={sign} data-autofocus>
            {back ? 'Sign and take it back…' : 'Sign and promote…'}
          </Button>
        </div>
      </div>
      {signer.dialog}
    </Drawer>
  );
}
