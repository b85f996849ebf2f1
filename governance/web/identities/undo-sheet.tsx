import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import classes from '../operations/operations.module.css';
import { useSay } from '../shell/announcer.tsx';
import { mergeWords } from './identity-words.ts';
import { NumberKey } from './number-key.tsx';
import { useUndo, type MergeLink } from './queries.ts';

export function UndoSheet({ link, onClose }: { readonly link: MergeLink; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const undo = useUndo();
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    undo.mutate(
      { id: link.id, seen: link.version, reason: reason.trim() },
      {
        onSuccess: () => {
          say('The merge was taken back.');
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Take a merge back">
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>
            <NumberKey of={link.prior} /> is now <NumberKey of={link.survivor} />
          </h2>
          <p>{mergeWords(link)}.</p>
          <ul className={classes['bullets']}>
            <li>From now on the numbers are two patients, unless another merge says otherwise.</li>
            <li>What was made since stays with the number that its message stated.</li>
            <li>The registration system is not told: have it put right there as well.</li>
          </ul>
        </div>
        <ReasonField
          label="Why was it wrong?"
          description="Recorded in the audit under your name. No patient data."
          value={reason}
          onChange={setReason}
        />
        {undo.isError && <ProblemNotice error={undo.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" size="sm" loading={undo.isPending} disabled={reason.trim().length < 3}>
            Take it back
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
