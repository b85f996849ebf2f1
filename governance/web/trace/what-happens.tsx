import { useQuery } from '@tanstack/react-query';
import { isHeld, WORK_WORDS } from '../../api/message-words.ts';
import type { MessageDetail, WorkView } from '../../api/runtime-shapes.ts';
import { dryRunDiscard, dryRunRedrive, dryRunReread, type SettleAction } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { exactTime } from '../time/duration.ts';
import { discardsAll } from './discards-all.ts';
import classes from './trace.module.css';

/** In whole sentences, before a person decides. */
export function WhatHappens({ action, detail }: { readonly action: SettleAction; readonly detail: MessageDetail }) {
  switch (action) {
    case 'redrive':
      return <Redrive detail={detail} />;
    case 'discard':
      return <Discard detail={detail} />;
    case 'release':
      return <Release detail={detail} />;
    case 'reread':
      return <Reread detail={detail} />;
    default:
      return action satisfies never;
  }
}

const doneOf = ({ effects }: MessageDetail): number => effects.filter(({ state }) => state === 'done').length;

function Redrive({ detail }: { readonly detail: MessageDetail }) {
  const { message, work } = detail;
  const dryRun = useQuery({
    queryKey: ['dry-run', message.id],
    queryFn: () => dryRunRedrive(message.id),
    staleTime: 0,
    gcTime: 0,
  });
  const done = doneOf(detail);
  const dead = work.filter((item) => item.state === 'dead').length;
  const after = dryRun.data?.doneAfter ?? 0;
  const nobody = dryRun.data?.withoutSource ?? 0;
  return (
    <ul className={classes['bullets']}>
      <li>
        {dead === 1 ? 'The failed work item goes' : `The ${dead} failed work items go`} through the flow again from the
        start, with the wiring that runs now.
      </li>
      {nobody > 0 && (
        <li>
          <strong>No flow takes {nobody === 1 ? 'it' : `${nobody} of them`} any more.</strong> It would wait until one
          with the same name is deployed; discard it where that will not be.
        </li>
      )}
      <li>
        {done === 0
          ? 'Nothing had been written, so nothing can be written twice.'
          : `${done === 1 ? 'One effect that is' : `${done} effects that are`} done already will not be repeated: the recorded outcome is used.`}
      </li>
      <li>
        {dryRun.isPending
          ? 'Looking for newer messages of the same patient…'
          : dryRun.isError
            ? 'It could not be found out whether newer messages of the same patient have been processed.'
            : after === 0
              ? 'No newer message of the same patient has been processed: the order is kept.'
              : `${after === 1 ? 'One newer message' : `${after} newer messages`} of the same patient ${after === 1 ? 'has' : 'have'} been processed already. This one will come after ${after === 1 ? 'it' : 'them'}: be sure that it does not bring back something old.`}
      </li>
    </ul>
  );
}

function Discard({ detail }: { readonly detail: MessageDetail }) {
  const done = doneOf(detail);
  const { id, state } = detail.message;
  const all = discardsAll(detail);
  const dryRun = useQuery({
    queryKey: ['dry-run-discard', id, all],
    queryFn: () => dryRunDiscard(id, all),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  if (dryRun.isPending) return <p className="dim">Finding out what would go…</p>;
  if (dryRun.isError) return <ProblemNotice error={dryRun.error} />;
  const { items } = dryRun.data;
  const words = items.map((item) => `${item.subscription} (${stateWord(item.state)})`);
  return (
    <ul className={classes['bullets']}>
      {items.length > 0 && (
        <li>
          {items.length === 1 ? 'One work item goes' : `${items.length} work items go`}: {words.join(', ')}.
        </li>
      )}
      <li>It will not be processed. The message itself stays in the journal, with your reason.</li>
      {!all && state !== 'quarantined' && (
        <li>What waits or is parked of this message, of this or another flow, goes on.</li>
      )}
      {state === 'quarantined' ? (
        <li>Its sender was told that it could not be read, and hears nothing of this.</li>
      ) : (
        <>
          <li>
            {done === 0 ? 'Nothing was written because of it.' : `What was written already (${done}) stays as it is.`}
          </li>
          <li>Messages of the same patient that waited behind it go on.</li>
        </>
      )}
    </ul>
  );
}

function Release({ detail }: { readonly detail: MessageDetail }) {
  const parked = detail.work.filter((item) => item.state === 'parked' && !isHeld(item));
  const due = parked.flatMap(({ notBefore }) => notBefore ?? []);
  return (
    <ul className={classes['bullets']}>
      <li>
        {parked.length === 1 ? 'What is parked goes on' : `All ${parked.length} that are parked go on`} now
        {due.length > 0 ? `, not at ${exactTime(Math.min(...due))}` : ', as if the answer it waits for had come'}.
      </li>
      <li>The flow takes it up behind the node that parked it. What is done already is not repeated.</li>
    </ul>
  );
}

function Reread({ detail }: { readonly detail: MessageDetail }) {
  const { id } = detail.message;
  const dryRun = useQuery({
    queryKey: ['dry-run-reread', id],
    queryFn: () => dryRunReread(id),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  if (dryRun.isPending) return <p className="dim">Trying to read it…</p>;
  if (dryRun.isError) return <ProblemNotice error={dryRun.error} />;
  return (
    <ul className={classes['bullets']}>
      <li>
        It can be read by the code and the settings of now, and is accepted as a new message of the same bytes
        {dryRun.data.outcome === 'unrouted' ? ', which no flow wants' : ''}.
      </li>
      <li>This one is put away, with your reason and a link to the new one.</li>
      <li>
        The sender hears nothing of it: it was told that the message could not be read, and may have sent it again.
      </li>
    </ul>
  );
}

const stateWord = (state: WorkView['state']): string =>
  state === 'done' || state === 'discarded' ? state : WORK_WORDS[state].toLowerCase();
