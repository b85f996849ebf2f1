import { Button, Checkbox, Drawer, Radio } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { HeldDecisions, HeldView, ReviewDecision } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { heldWords, newerWords, processWords } from './fallback-words.ts';
import classes from './fallback.module.css';
import { submitByKey } from '../tasks/deed-sheet.tsx';
import { useDecideHeld } from './queries.ts';

type Outcome = HeldDecisions['outcomes'][number]['outcome'];

/** Said where not all of it was done. */
const LEFT: Readonly<Partial<Record<Outcome, string>>> = {
  'newer-done': 'left: newer messages of the same patient were done since',
  'still-recommending': 'left: the flow only recommends at present; end the fallback first, or put it aside',
  'decided-before': 'had been decided by somebody else',
  unknown: 'not there any more',
};

/** Decides about one held message, or about many at once. `items`: what is known of them; the ids alone at a task. */
export function DecideHeldSheet({
  work,
  items,
  onClose,
}: {
  readonly work: readonly string[];
  readonly items: readonly HeldView[];
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [decision, setDecision] = useState<ReviewDecision | null>(null);
  const [newerKnown, setNewerKnown] = useState(false);
  const [rest, setRest] = useState(work);
  const [left, setLeft] = useState<readonly string[] | null>(null);
  const [overtaken, setOvertaken] = useState(() => items.some(({ doneSince }) => doneSince > 0));
  const decide = useDecideHeld();
  const say = useSay();
  const [only] = items;
  const one = work.length === 1;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (decision === null) return;
    decide.mutate(
      { work: rest, decision, reason: reason.trim(), ...(newerKnown && { newerKnown }) },
      {
        onSuccess: ({ outcomes }) => {
          const counts = Map.groupBy(
            outcomes.filter(({ outcome }) => outcome !== 'processed' && outcome !== 'put-aside'),
            ({ outcome }) => outcome,
          );
          if (counts.size === 0) {
            say(decision === 'process' ? 'On their way.' : 'Put aside.');
            return onClose();
          }
          setOvertaken((before) => before || counts.has('newer-done'));
          setRest(
            outcomes
              .filter(({ outcome }) => outcome === 'newer-done' || outcome === 'still-recommending')
              .map(({ workId }) => workId),
          );
          setLeft([...counts].map(([outcome, of]) => `${of.length} ${LEFT[outcome] ?? outcome}`));
        },
      },
    );
  };
  const asksNewer = decision === 'process' && overtaken;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={460}
      title={one ? 'Decide about it' : `Decide about ${work.length}`}
    >
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        {one && only && (
          <div>
            <h2>{heldWords(only)}</h2>
            <p>{only.sentence}</p>
            {only.doneSince > 0 && <p className={classes['newer']}>{newerWords(only.doneSince)}</p>}
          </div>
        )}
        <Radio.Group
          label="What becomes of it"
          value={decision ?? ''}
          onChange={(value) => setDecision(value === 'process' ? 'process' : 'put-aside')}
        >
          <div className={classes['sheet']}>
            <Radio
              value="process"
              label="Process now"
              description={
                one && only ? processWords(only) : 'The flow runs, oldest first, and does what it would have done.'
              }
            />
            <Radio
              value="put-aside"
              label="Put aside: done by hand"
              description="The flow does nothing with it. Somebody has done, or will do, what was to be done."
            />
          </div>
        </Radio.Group>
        {asksNewer && (
          <Checkbox
            label="I know what newer messages of the same patient said"
            description="Without this, messages that were overtaken stay held."
            checked={newerKnown}
            onChange={(event) => setNewerKnown(event.currentTarget.checked)}
          />
        )}
        <ReasonField description="Recorded in the audit under your name." value={reason} onChange={setReason} />
        {left !== null && (
          <div role="status">
            <p>Not all of it was done:</p>
            <ul className={classes['bullets']}>
              {left.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        )}
        {decide.isError && <ProblemNotice error={decide.error} />}
        <div className={classes['actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            {left === null ? 'Leave it' : 'Close'}
          </Button>
          <Button
            type="submit"
            size="sm"
            loading={decide.isPending}
            disabled={decision === null || rest.length === 0 || reason.trim().length < 3}
          >
            {decision === 'put-aside' ? 'Put aside' : 'Process'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
