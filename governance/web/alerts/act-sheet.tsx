import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { AlertView } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { aboutWhom } from './alert-words.ts';
import { submitByKey } from '../tasks/deed-sheet.tsx';
import classes from './alerts.module.css';
import { useAlertStep } from './queries.ts';

/** What somebody did about it: the first time is kept as the moment of action. */
export function ActSheet({ alert, onClose }: { readonly alert: AlertView; readonly onClose: () => void }) {
  const [what, setWhat] = useState('');
  const act = useAlertStep();
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    act.mutate(
      { alert, step: 'act', what: what.trim().replace(/\s+/g, ' ') },
      {
        onSuccess: () => {
          say('Noted.');
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={420} title="Note what was done">
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <div>
          <h2>{alert.title}</h2>
          <p>{aboutWhom(alert)}</p>
          {alert.state === 'open' && <p className="dim">You take it over with that: nobody else is told.</p>}
        </div>
        <ReasonField
          label="What was done?"
          description="Kept with the alert under your name, for those who may see it. The audit trail says only that you noted something."
          value={what}
          onChange={setWhat}
        />
        {act.isError && <ProblemNotice error={act.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button type="submit" size="sm" loading={act.isPending} disabled={what.trim().length < 3}>
            Note it
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
