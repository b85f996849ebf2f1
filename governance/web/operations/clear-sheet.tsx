import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { Switch } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { useNow } from '../time/use-now.ts';
import classes from './operations.module.css';
import { useClearSwitch } from './queries.ts';
import { nameOf, personOf, phaseOf } from './switch-words.ts';

/** Ends a pause, or takes back one to come. */
export function ClearSheet({ one, onClose }: { readonly one: Switch; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const clear = useClearSwitch();
  const say = useSay();
  const inForce = phaseOf(one, useNow()) === 'in-force';
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    clear.mutate(
      { id: one.id, reason: reason.trim() },
      {
        onSuccess: () => {
          say(inForce ? `${nameOf(one)} runs again.` : 'The window is taken back.');
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
      size={420}
      title={inForce ? 'Start again' : 'Take back the window'}
    >
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>{nameOf(one)}</h2>
          <p className="dim">
            {inForce
              ? 'What waited is taken up at once, the most urgent lane first.'
              : 'It will not be paused at that time.'}{' '}
            {personOf(one.actor)} gave as reason: “{one.reason}”
          </p>
        </div>
        <ReasonField description="Recorded in the audit under your name." value={reason} onChange={setReason} />
        {clear.isError && <ProblemNotice error={clear.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" size="sm" loading={clear.isPending} disabled={reason.trim().length < 3}>
            {inForce ? 'Start again' : 'Take back'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
