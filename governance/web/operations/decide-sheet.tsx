import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { EffectDecision, UncertainEffects } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import classes from './operations.module.css';
import { useDecideEffect } from './queries.ts';

export function DecideSheet({
  effect,
  outcome,
  onClose,
}: {
  readonly effect: UncertainEffects['effects'][number];
  readonly outcome: EffectDecision['outcome'];
  readonly onClose: () => void;
}) {
  const happened = outcome === 'done';
  const [reason, setReason] = useState('');
  const decide = useDecideEffect();
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    decide.mutate(
      { key: effect.key, outcome, reason: reason.trim() },
      {
        onSuccess: () => {
          say(happened ? 'Recorded: it happened.' : 'Recorded: it did not happen.');
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title={happened ? 'It happened' : 'It did not happen'}>
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>{effect.target}</h2>
          <ul className={classes['bullets']}>
            {happened ? (
              <>
                <li>It counts as done and is never sent again for this message.</li>
                <li>When its work is redriven, the flow goes on behind it.</li>
              </>
            ) : (
              <>
                <li>It counts as not done. Nothing is sent now.</li>
                <li>
                  <strong>When its work is redriven, it is sent again.</strong> If it did happen after all, the other
                  side has it twice then.
                </li>
              </>
            )}
          </ul>
        </div>
        <ReasonField
          label="How do you know?"
          description="Where you looked and what you found. Recorded in the audit under your name. No patient data."
          value={reason}
          onChange={setReason}
        />
        {decide.isError && <ProblemNotice error={decide.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button
            type="submit"
            size="sm"
            color={happened ? 'petrol' : 'red.8'}
            loading={decide.isPending}
            disabled={reason.trim().length < 3}
          >
            {happened ? 'It happened' : 'It did not happen'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
