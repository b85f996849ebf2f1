import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { useSettle, type SettleAction } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { discardsAll } from './discards-all.ts';
import { WhatHappens } from './what-happens.tsx';
import classes from './trace.module.css';

const WORDS: Readonly<Record<SettleAction, { readonly title: string; readonly act: string; readonly said: string }>> = {
  redrive: { title: 'Redrive this message', act: 'Redrive', said: 'The message is on its way again.' },
  discard: { title: 'Discard this message', act: 'Discard', said: 'It was discarded.' },
  release: { title: 'Let this message go on', act: 'Let it go on', said: 'The message goes on.' },
  reread: { title: 'Read this message again', act: 'Read again', said: 'The message was read.' },
};

/** Says what will happen before it happens, and asks why. */
export function SettleSheet({
  action,
  detail,
  onClose,
}: {
  readonly action: SettleAction;
  readonly detail: MessageDetail;
  readonly onClose: () => void;
}) {
  const { message } = detail;
  const { title, act, said } = WORDS[action];
  const [reason, setReason] = useState('');
  const settle = useSettle(message.id, action);
  const say = useSay();
  const [, navigate] = useLocation();

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const all = action === 'discard' && discardsAll(detail);
    settle.mutate(
      { reason: reason.trim(), ...(all && { all }) },
      {
        onSuccess: ({ id }) => {
          say(said);
          onClose();
          // Read again it is a message of its own.
          if (typeof id === 'string') navigate(`/messages/${id}`);
        },
      },
    );
  };

  return (
    <Drawer opened onClose={onClose} position="right" size={440} title={title}>
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>What will happen</h2>
          <WhatHappens action={action} detail={detail} />
        </div>
        <ReasonField
          description="Recorded in the audit under your name. No patient data, please."
          value={reason}
          onChange={setReason}
        />
        {settle.isError && <ProblemNotice error={settle.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave as it is
          </Button>
          <Button
            type="submit"
            size="sm"
            color={action === 'discard' ? 'red.8' : 'petrol'}
            loading={settle.isPending}
            disabled={reason.trim().length < 3}
          >
            {act}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
