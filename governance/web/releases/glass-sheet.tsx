import { Button, Drawer, Select } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { EnvironmentView, ReleaseAnswer } from '../../api/release-contract.ts';
import { durationInWords, durationMs } from '../../trust/describe-trust.ts';
import { LoadingRows } from '../feedback/loading-rows.tsx';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useProposal, useProposals } from '../proposals/queries.ts';
import { useSession } from '../session/session.ts';
import { useSigner } from '../signing/use-signer.tsx';
import { PlanView } from './plan-view.tsx';
import { usePlan, useRelease } from './queries.ts';
import { nameOf } from './release-words.ts';
import classes from './releases.module.css';

const SPANS = ['PT30M', 'PT1H', 'PT2H', 'PT4H', 'PT8H', 'PT12H', 'PT24H'] as const;

/** In an emergency: what nobody has approved, for a time. */
export function GlassSheet({
  view,
  onClose,
  onDone,
}: {
  readonly view: EnvironmentView;
  readonly onClose: () => void;
  readonly onDone: (answer: ReleaseAnswer) => void;
}) {
  const open = useProposals({ state: 'open,approved', limit: 50 });
  const [chosen, setChosen] = useState<number | null>(null);
  const [span, setSpan] = useState<string>('PT1H');
  const [reason, setReason] = useState('');
  const most = durationMs(view.trust?.policy.breakGlass.maxDuration ?? 'PT1H') ?? 0;
  const spans = SPANS.filter((one) => (durationMs(one) ?? 0) <= most);
  const proposals = (open.data?.proposals ?? []).filter(({ environment }) => environment === view.name);
  return (
    <Drawer opened onClose={onClose} position="right" size={560} title={`Break glass in ${view.name}`}>
      <div className={classes['sheet']}>
        <p className={classes['note']}>
          For emergencies only. {nameOf(view.name)} runs what its author has signed and nobody has approved, and goes
          back by itself when the time is over. Everybody sees an alarm meanwhile, and a proposal is opened to have it
          approved after all.
        </p>
        {open.isPending && <LoadingRows rows={3} />}
        {open.isError && <ProblemNotice error={open.error} retry={() => void open.refetch()} />}
        {open.isSuccess && proposals.length === 0 && (
          <p>
            There is no proposal that its author has signed. Somebody has to propose the change first; it takes a
            minute, and no approval.
          </p>
        )}
        {proposals.length > 0 && (
          <Select
            label="What it is to run"
            size="sm"
            placeholder="Choose a proposal"
            data={proposals.map(({ number, title, author }) => ({
              value: String(number),
              label: `${number}: ${title} (${author})`,
            }))}
            value={chosen === null ? null : String(chosen)}
            onChange={(value) => setChosen(value === null ? null : Number(value))}
          />
        )}
        <Select
          label="Until it goes back by itself"
          size="sm"
          data={spans.map((value) => ({ value, label: durationInWords(value) }))}
          allowDeselect={false}
          value={spans.some((one) => one === span) ? span : (spans[0] ?? null)}
          onChange={(value) => setSpan(value ?? 'PT1H')}
        />
        <ReasonField
          label="Why it cannot wait"
          description="Signed, shown to everybody while it lasts, and kept in the audit. No patient data."
          value={reason}
          onChange={setReason}
        />
        {chosen === null ? (
          <Actions onClose={onClose} />
        ) : (
          <Chosen key={chosen} {...{ view, number: chosen, span, reason, onClose, onDone }} />
        )}
      </div>
    </Drawer>
  );
}

function Chosen({
  view,
  number,
  span,
  reason,
  onClose,
  onDone,
}: {
  readonly view: EnvironmentView;
  readonly number: number;
  readonly span: string;
  readonly reason: string;
  readonly onClose: () => void;
  readonly onDone: (answer: ReleaseAnswer) => void;
}) {
  const proposal = useProposal(number);
  if (proposal.isPending) return <LoadingRows rows={3} />;
  if (!proposal.data) return <ProblemNotice error={proposal.error} retry={() => void proposal.refetch()} />;
  const { bundle, title } = proposal.data;
  return <SignGlass {...{ view, bundle, title, span, reason, onClose, onDone }} />;
}

function SignGlass({
  view,
  bundle,
  title,
  span,
  reason,
  onClose,
  onDone,
}: {
  readonly view: EnvironmentView;
  readonly bundle: string;
  readonly title: string;
  readonly span: string;
  readonly reason: string;
  readonly onClose: () => void;
  readonly onDone: (answer: ReleaseAnswer) => void;
}) {
  const plan = usePlan(view.name, { bundle, kind: 'break-glass' });
  const { view: self } = useSession();
  const release = useRelease(view.name);
  const signer = useSigner();
  const ready = plan.isSuccess && (plan.data?.refusals.length ?? 0) === 0 && reason.trim().length >= 3;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    signer.ask({
      title: `Break glass in ${view.name}`,
      button: 'Break glass',
      grave: true,
      words: (
        <p>
          {nameOf(view.name)} runs <strong>{title}</strong>, which nobody has approved, for {durationInWords(span)}.
        </p>
      ),
      environment: view.name,
      statement: (at) => ({
        kind: 'break-glass',
        format: 1,
        environment: view.name,
        bundle,
        previous: view.next.previous,
        sequence: view.next.sequence,
        at,
        until: new Date(Date.parse(at) + (durationMs(span) ?? 0)).toISOString(),
        actor: self.username,
        reason: reason.trim(),
      }),
      async onSigned(entry) {
        onDone(await release.mutateAsync({ entry, drain: false }));
      },
    });
  };
  return (
    <form className={classes['sheet']} onSubmit={submit}>
      {plan.isPending && <LoadingRows rows={4} />}
      {plan.isError && <ProblemNotice error={plan.error} retry={() => void plan.refetch()} />}
      {plan.data && <PlanView plan={plan.data} />}
      <Actions onClose={onClose} ready={ready} />
      {signer.dialog}
    </form>
  );
}

function Actions({ onClose, ready = false }: { readonly onClose: () => void; readonly ready?: boolean }) {
  return (
    <div className={classes['actions']}>
      <Button variant="default" size="sm" onClick={onClose}>
        Leave it as it is
      </Button>
      <Button type="submit" size="sm" color="red.8" disabled={!ready}>
        Sign and break glass…
      </Button>
    </div>
  );
}
