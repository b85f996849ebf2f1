import { Button, Drawer } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import { useSay } from '../shell/announcer.tsx';
import { useShownProposal } from './discussion.ts';
import classes from './proposal-page.module.css';
import { useEnd, useRevise } from './queries.ts';

export type ReasonDeed = 'reject' | 'withdraw' | 'revise';

const WORDS: Readonly<
  Record<
    ReasonDeed,
    {
      readonly title: string;
      readonly follows: string;
      readonly label: string;
      readonly description: string;
      readonly button: string;
      readonly said: string;
    }
  >
> = {
  reject: {
    title: 'Reject',
    follows: 'The proposal is over. Its author sees why, and can propose again.',
    label: 'Why not?',
    description: 'For its author. Kept in the audit under your name. No patient data.',
    button: 'Reject it',
    said: 'Rejected.',
  },
  withdraw: {
    title: 'Withdraw',
    follows: 'The proposal is over. Staging keeps what it runs; approvals given so far are worth nothing.',
    label: 'Why?',
    description: 'Kept in the audit under your name. No patient data.',
    button: 'Withdraw it',
    said: 'Withdrawn.',
  },
  revise: {
    title: 'Revise',
    follows:
      'Takes over what staging runs now, on what the environment runs now. Checks and scenarios run again; approvals given so far fall, and you sign it again.',
    label: 'What it changes and why',
    description: 'Stands in what you sign. No patient data.',
    button: 'Take staging over',
    said: 'Revised: sign it now.',
  },
};

export function ReasonSheet({ deed, onClose }: { readonly deed: ReasonDeed; readonly onClose: () => void }) {
  const { number, summary } = useShownProposal();
  const [text, setText] = useState(deed === 'revise' ? summary : '');
  const end = useEnd(number, deed === 'withdraw' ? 'withdraw' : 'reject');
  const revise = useRevise(number);
  const say = useSay();
  const doing = deed === 'revise' ? revise : end;
  const { title, follows, label, description, button, said } = WORDS[deed];
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    doing.mutate(text.trim(), {
      onSuccess: () => {
        say(said);
        onClose();
      },
    });
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={440} title={`${title} proposal ${number}`}>
      <form className={classes['sheet']} onSubmit={submit}>
        <p>{follows}</p>
        <ReasonField label={label} description={description} value={text} onChange={setText} />
        {doing.isError && <ProblemNotice error={doing.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button
            type="submit"
            size="sm"
            color={deed === 'reject' ? 'red.8' : 'petrol'}
            loading={doing.isPending}
            disabled={text.trim().length < 3}
          >
            {button}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
