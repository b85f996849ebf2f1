import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { QuarantineAnswer, QuarantineFilter, ReasonFigures } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { counted } from './counted.ts';
import classes from './operations.module.css';
import { dryRunQuarantine, useQuarantine, type QuarantineAction } from './queries.ts';

/** Says how many and what will happen before it happens, and asks why. */
export function QuarantineSheet({
  action,
  group,
  onClose,
}: {
  readonly action: QuarantineAction;
  readonly group: ReasonFigures;
  readonly onClose: () => void;
}) {
  const again = action === 'reread';
  const [openedAt] = useState(Date.now);
  const [reason, setReason] = useState('');
  const settle = useQuarantine(action);
  const say = useSay();
  const filter: QuarantineFilter = { code: group.code, quarantinedBefore: openedAt };
  const dryRun = useQuery({
    queryKey: ['dry-run-quarantine', action, filter],
    queryFn: () => dryRunQuarantine(action, filter),
    staleTime: 0,
    gcTime: 0,
  });
  const what = dryRun.data;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settle.mutate(
      { filter, reason: reason.trim() },
      {
        onSuccess: (done) => {
          say(`${counted(done, 'message')} ${again ? 'read' : 'discarded'}.`);
          onClose();
        },
      },
    );
  };

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={480}
      title={again ? 'Read unreadable messages again' : 'Discard unreadable messages'}
    >
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>Which</h2>
          <p className="dim">
            Those with <code>{group.code}</code>: {group.text}
          </p>
        </div>
        <div aria-live="polite">
          <h2>What will happen</h2>
          {dryRun.isError ? (
            <ProblemNotice error={dryRun.error} retry={() => void dryRun.refetch()} />
          ) : what ? (
            <Consequences again={again} what={what} />
          ) : (
            <p className="dim">{again ? 'Trying to read them…' : 'Counting…'}</p>
          )}
        </div>
        <ReasonField
          description="Recorded in the audit under your name, for each message. No patient data, please."
          value={reason}
          onChange={setReason}
        />
        {settle.isError && <ProblemNotice error={settle.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave them
          </Button>
          <Button
            type="submit"
            size="sm"
            color={again ? 'petrol' : 'red.8'}
            loading={settle.isPending}
            disabled={(what?.done ?? 0) === 0 || reason.trim().length < 3}
          >
            {labelOf(again, what)}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

function labelOf(again: boolean, what: QuarantineAnswer | undefined): string {
  const many = what ? ` ${manyOf(what)} ${what.done === 1 ? 'message' : 'messages'}` : '';
  return again ? `Read${many} again` : `Discard${many}`;
}

const manyOf = ({ done, next }: QuarantineAnswer): string =>
  `${done.toLocaleString('en-GB')}${next === null ? '' : ' or more'}`;

function Consequences({ again, what }: { readonly again: boolean; readonly what: QuarantineAnswer }) {
  const { messages, done, stay, next } = what;
  const looked = next === null ? '' : ` Only the first ${messages.toLocaleString('en-GB')} were looked at.`;
  if (!again)
    return (
      <ul className={classes['bullets']}>
        <li>
          {counted(done, 'message')} will be put away. They stay in the journal, with your reason.{looked}
        </li>
        <li>Their senders were told that they could not be read, and hear nothing of this.</li>
      </ul>
    );
  return (
    <ul className={classes['bullets']}>
      <li>
        {done === 0
          ? 'None of them can be read by the code and the settings of now.'
          : `${counted(done, 'message')} can be read by the code and the settings of now, and will be accepted as new messages of the same bytes, the oldest first.`}
        {looked}
      </li>
      {stay > 0 && done > 0 && <li>{counted(stay, 'message')} cannot, and will stay.</li>}
      {done > 0 && (
        <li>
          Their senders were told that they could not be read, and may have sent them again: what has been accepted
          since is not processed twice.
        </li>
      )}
    </ul>
  );
}
