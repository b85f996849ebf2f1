import { Button, Drawer, Radio, Stack } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { DifferenceList, DifferenceSettling } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { foundSentence, placeOf } from './difference-words.ts';
import classes from './operations.module.css';
import { useSettleDifference } from './queries.ts';

const WAYS: readonly { readonly how: DifferenceSettling['how']; readonly label: string; readonly text: string }[] = [
  { how: 'accepted', label: 'What is there stands', text: 'Nothing is written. It stays settled while this is found.' },
  { how: 'mended', label: 'It was put right on the server', text: 'Somebody has changed it there, by hand.' },
  { how: 'again', label: 'Write it again', text: 'Under the same identifier, so that it is never there twice.' },
];

export function SettleDifferenceSheet({
  difference,
  onClose,
}: {
  readonly difference: DifferenceList['differences'][number];
  readonly onClose: () => void;
}) {
  const [how, setHow] = useState<DifferenceSettling['how']>('accepted');
  const [reason, setReason] = useState('');
  const settle = useSettleDifference();
  const say = useSay();
  // Only what is missing can be written again; whether it was kept, the runtime knows.
  const ways = WAYS.filter((way) => way.how !== 'again' || difference.found === 'missing');
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    settle.mutate(
      { id: difference.id, seen: difference.since, how, reason: reason.trim() },
      {
        onSuccess: () => {
          say(how === 'again' ? 'Written again, and settled.' : 'Settled.');
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title="Settle a difference">
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>{placeOf(difference)}</h2>
          <p>
            {foundSentence(difference)} On {difference.endpoint}.
          </p>
        </div>
        <Radio.Group
          label="What becomes of it"
          value={how}
          onChange={(value) => setHow(ways.find((way) => way.how === value)?.how ?? 'accepted')}
        >
          <Stack gap={10} mt={8}>
            {ways.map((way) => (
              <Radio key={way.how} value={way.how} label={way.label} description={way.text} />
            ))}
          </Stack>
        </Radio.Group>
        <ReasonField
          label="How do you know?"
          description="What you found, and who agreed. Recorded in the audit under your name. No patient data."
          value={reason}
          onChange={setReason}
        />
        {settle.isError && <ProblemNotice error={settle.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button type="submit" size="sm" loading={settle.isPending} disabled={reason.trim().length < 3}>
            {how === 'again' ? 'Write it again' : 'Settle'}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
