import { Button, Drawer, Radio, Textarea } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { AlertDismissal, AlertView } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { aboutWhom, DISMISSALS } from './alert-words.ts';
import { submitByKey } from '../tasks/deed-sheet.tsx';
import classes from './alerts.module.css';
import { useAlertStep } from './queries.ts';

const DEALT_WITH = 'dealt-with';
type Choice = AlertDismissal['reason'] | typeof DEALT_WITH;

const EXPLAINED: Readonly<Record<Choice, string>> = {
  [DEALT_WITH]: 'It was right to be told.',
  'false-positive': 'What it says was not so. Counted in the shift report.',
  duplicate: 'Somebody had been told of the same.',
  'not-actionable': 'It was so, and there was nothing to do.',
  other: 'Say which below.',
};

/** Closes an alert: dealt with, or why it should not have been told. */
export function CloseSheet({ alert, onClose }: { readonly alert: AlertView; readonly onClose: () => void }) {
  const [choice, setChoice] = useState<Choice>(DEALT_WITH);
  const [text, setText] = useState('');
  const close = useAlertStep();
  const say = useSay();
  const given = text.trim();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const dismissal = choice === DEALT_WITH ? null : { reason: choice, ...(given !== '' && { text: given }) };
    close.mutate(
      { alert, step: 'close', ...(dismissal && { dismissal }) },
      {
        onSuccess: () => {
          say('Closed.');
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Close the alert">
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <div>
          <h2>{alert.title}</h2>
          <p>{aboutWhom(alert)}</p>
        </div>
        <Radio.Group label="What was it?" value={choice} onChange={setChoice}>
          <div className={classes['choices']}>
            {(Object.keys(EXPLAINED) as Choice[]).map((one, i) => (
              <Radio
                key={one}
                value={one}
                label={one === DEALT_WITH ? 'Dealt with' : DISMISSALS[one]}
                description={EXPLAINED[one]}
                {...(i === 0 && { 'data-autofocus': true })}
              />
            ))}
          </div>
        </Radio.Group>
        {choice !== DEALT_WITH && (
          <Textarea
            label={choice === 'other' ? 'Which reason?' : 'Note (optional)'}
            description="Kept with the alert under your name, for those who may see it. The audit trail says only which reason it was."
            size="sm"
            rows={3}
            maxLength={500}
            required={choice === 'other'}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {close.isError && <ProblemNotice error={close.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button type="submit" size="sm" loading={close.isPending} disabled={choice === 'other' && given === ''}>
            Close it
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
