import { Button, Drawer, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { EscalationView } from '../../api/runtime-shapes.ts';
import { useAcknowledge } from '../api/queries.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { Until } from '../time/clocks.tsx';
import classes from './escalations.module.css';
import { aboutWhom, nextStepOf } from './escalation-words.ts';

/** Enter acknowledges; a reason may be given. */
export function AcknowledgeSheet({
  escalation,
  onClose,
}: {
  readonly escalation: EscalationView;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const acknowledge = useAcknowledge();
  const say = useSay();
  const next = nextStepOf(escalation);
  const short = reason.trim().length > 0 && reason.trim().length < 3;

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    acknowledge.mutate(
      { id: escalation.id, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
      {
        onSuccess: ({ outcome }) => {
          say(outcome === 'acknowledged' ? 'Acknowledged. Nobody else is told.' : 'It had been answered already.');
          onClose();
        },
      },
    );
  };

  return (
    <Drawer opened onClose={onClose} position="right" size={420} title="Acknowledge">
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>{escalation.title}</h2>
          <p>{aboutWhom(escalation)}</p>
          <p className="dim">
            You say that you have seen it and take care of it.
            {next && escalation.nextAt !== null && (
              <>
                {' '}
                Then nobody else is told; otherwise {next.to} would be, <Until at={escalation.nextAt} />.
              </>
            )}
          </p>
        </div>
        <Textarea
          label="Note (optional)"
          description="Recorded in the audit under your name. No patient data, please."
          size="sm"
          rows={3}
          maxLength={500}
          error={short ? 'At least three letters, or leave it empty.' : null}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {acknowledge.isError && <ProblemNotice error={acknowledge.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button type="submit" size="sm" loading={acknowledge.isPending} disabled={short} data-autofocus>
            Acknowledge
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
