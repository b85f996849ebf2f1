import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { FallbackList } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { MODE_EFFECT, MODE_NAMES } from './fallback-words.ts';
import { submitByKey } from '../tasks/deed-sheet.tsx';
import classes from './fallback.module.css';
import { useSetFallback } from './queries.ts';

/** Puts a flow into its fallback, or ends it. */
export function FallbackSheet({
  title,
  definition,
  mode,
  text,
  inForce,
  onClose,
}: {
  readonly title: string;
  readonly definition: string;
  readonly mode: FallbackList['inForce'][number]['mode'];
  readonly text: string | null;
  readonly inForce: FallbackList['inForce'][number] | undefined;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const set = useSetFallback();
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    set.mutate(
      { definition, way: inForce ? 'leave' : 'enter', seen: inForce?.version ?? 0, reason: reason.trim() },
      {
        onSuccess: () => {
          say(inForce ? `${title} runs by itself again.` : `${title} is in fallback.`);
          onClose();
        },
      },
    );
  };
  const waits =
    mode === 'stop' ? 'What waited goes on, in order.' : 'What was held stays held until somebody decides about it.';
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={440}
      title={inForce ? 'End the fallback' : 'Put into fallback'}
    >
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <div>
          <h2>{title}</h2>
          <p>
            {inForce ? (
              `New messages are processed again. ${waits}`
            ) : (
              <>
                <strong>{MODE_NAMES[mode]}.</strong> {MODE_EFFECT[mode]} What is in flight ends as it began.
              </>
            )}
          </p>
          {text !== null && !inForce && <p className="dim">{text}</p>}
        </div>
        <ReasonField description="Recorded in the audit under your name." value={reason} onChange={setReason} />
        {set.isError && <ProblemNotice error={set.error} />}
        <div className={classes['actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" size="sm" loading={set.isPending} disabled={reason.trim().length < 3}>
            {inForce ? 'End the fallback' : 'Put into fallback'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
