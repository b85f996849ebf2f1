import { Button, Drawer, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { MessageDetail } from '../../api/runtime-shapes.ts';
import { dryRunRedrive, useSettle } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import classes from './trace.module.css';

/** Says what will happen before it happens, and asks why. */
export function SettleSheet({
  action,
  detail: { message, effects, work },
  onClose,
}: {
  readonly action: 'redrive' | 'discard';
  readonly detail: MessageDetail;
  readonly onClose: () => void;
}) {
  const redrive = action === 'redrive';
  const [reason, setReason] = useState('');
  const settle = useSettle(message.id, action);
  const say = useSay();
  const dryRun = useQuery({
    queryKey: ['dry-run', message.id],
    queryFn: () => dryRunRedrive(message.id),
    enabled: redrive,
    staleTime: 0,
    gcTime: 0,
  });
  const done = effects.filter((effect) => effect.state === 'done').length;
  const dead = work.filter((item) => item.state === 'dead').length;
  const after = dryRun.data?.doneAfter ?? 0;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settle.mutate(reason.trim(), {
      onSuccess: () => {
        say(redrive ? 'The message is on its way again.' : 'The message was discarded.');
        onClose();
      },
    });
  };

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={440}
      title={redrive ? 'Redrive this message' : 'Discard this message'}
    >
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>What will happen</h2>
          {redrive ? (
            <ul className={classes['bullets']}>
              <li>
                {dead === 1 ? 'The failed work item goes' : `The ${dead} failed work items go`} through the flow again
                from the start, with the wiring that runs now.
              </li>
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
          ) : (
            <ul className={classes['bullets']}>
              <li>It will not be processed. The message itself stays in the journal, with your reason.</li>
              <li>
                {done === 0
                  ? 'Nothing was written because of it.'
                  : `What was written already (${done}) stays as it is.`}
              </li>
              <li>Messages of the same patient that waited behind it go on.</li>
            </ul>
          )}
        </div>
        <Textarea
          label="Reason"
          description="Recorded in the audit under your name. No patient data, please."
          size="sm"
          rows={3}
          required
          minLength={3}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {settle.isError && <ProblemNotice error={settle.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave as it is
          </Button>
          <Button
            type="submit"
            size="sm"
            color={redrive ? 'petrol' : 'red.8'}
            loading={settle.isPending}
            disabled={reason.trim().length < 3}
          >
            {redrive ? 'Redrive' : 'Discard'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
