import { Button, Drawer, Radio, Stack } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useRouter } from 'wouter';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { ReasonField } from '../feedback/reason-field.tsx';
import classes from '../operations/operations.module.css';
import { useSay } from '../shell/announcer.tsx';
import { moment } from '../time/duration.ts';
import { Compared } from './compared.tsx';
import own from './identities.module.css';
import { messageWords, questionSentence, questionTitle, shortKey, whoOf } from './identity-words.ts';
import { NumberKey } from './number-key.tsx';
import { useAnswer, type Question } from './queries.ts';

const ANSWERS = ['same', 'different', 'later'] as const;
type Answer = (typeof ANSWERS)[number];

const SAID: Readonly<Record<Answer, { readonly button: string; readonly kept: string }>> = {
  same: { button: 'They are the same', kept: 'Kept: the same patient.' },
  different: { button: 'They are different', kept: 'Kept: different patients.' },
  later: { button: 'Leave it open', kept: 'It stays open, with your reason.' },
};

export function AnswerSheet({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const { keys, kind, left } = question;
  // Nothing is chosen for them: one click too many would join two patients.
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [first = '', second] = keys;
  // A message with two numbers is called by either of them.
  const ofOther = kind === 'two-people' ? null : (question.message?.patientHint ?? null);
  const [survivor, setSurvivor] = useState(first);
  const [reason, setReason] = useState('');
  const send = useAnswer();
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (answer === null) return;
    const chosen = answer === 'same' && second !== undefined ? { survivor } : {};
    send.mutate(
      { id: question.id, seen: question.version, answer, reason: reason.trim(), ...chosen },
      {
        onSuccess: () => {
          say(SAID[answer].kept);
          onClose();
        },
      },
    );
  };
  return (
    <Drawer opened onClose={onClose} position="right" size={460} title="Is this the same patient?">
      <form className={classes['sheet']} onSubmit={submit}>
        <div>
          <h2>{questionTitle(question)}</h2>
          <p>{questionSentence(question)}</p>
        </div>
        <div className={own['sides']}>
          <Side
            title="Known before"
            number={first}
            hint={question.otherMessage?.patientHint ?? null}
            stated={question.otherMessageId !== null}
            message={question.otherMessage}
          />
          <Side
            title={kind === 'overlay' ? 'Stated now' : kind === 'duplicate' ? 'The new number' : 'Named with it'}
            number={second ?? first}
            hint={ofOther}
            stated
            message={question.message}
            at={question.since}
          />
        </div>
        <Compared question={question} />
        {left && (
          <p className={own['left']}>
            {whoOf(left.by)} left it open {moment(left.at, Date.now())}: {left.reason}
          </p>
        )}
        <Radio.Group
          label="Your answer"
          value={answer ?? ''}
          onChange={(value) => setAnswer(ANSWERS.find((one) => one === value) ?? null)}
        >
          <Stack gap={10} mt={8}>
            <Radio
              value="same"
              label="The same patient"
              description={
                kind === 'overlay'
                  ? 'What is stated now is taken for right.'
                  : 'The numbers become one patient, also for what is open. It can be taken back.'
              }
            />
            <Radio value="different" label="Different patients" description="It is kept, and not asked again." />
            <Radio
              value="later"
              label="Nobody can say yet"
              description="It stays open, and whoever looks next reads why. What is held for it stays held."
            />
          </Stack>
        </Radio.Group>
        {answer === 'same' && second !== undefined && (
          <Radio.Group label="The number from now on" value={survivor} onChange={setSurvivor}>
            <Stack gap={10} mt={8}>
              <Radio value={first} label={numberLabel('Known before', question.otherMessage?.patientHint, first)} />
              <Radio value={second} label={numberLabel('The other', ofOther, second)} />
            </Stack>
          </Radio.Group>
        )}
        <ReasonField
          label={answer === 'later' ? 'What is missing?' : 'How do you know?'}
          description="What you compared, and who agreed. Recorded in the audit under your name. No patient data."
          value={reason}
          onChange={setReason}
        />
        {send.isError && <ProblemNotice error={send.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not yet
          </Button>
          <Button
            type="submit"
            size="sm"
            loading={send.isPending}
            disabled={answer === null || reason.trim().length < 3}
          >
            {answer === null ? 'Answer' : SAID[answer].button}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}

const numberLabel = (what: string, hint: string | null | undefined, key: string): string =>
  [`${what}:`, hint, shortKey(key)].filter((one) => one != null).join(' ');

function Side({
  title,
  number,
  hint,
  message,
  stated,
  at,
}: {
  readonly title: string;
  readonly number: string;
  readonly hint: string | null;
  readonly message: Question['message'];
  /** By a message. */
  readonly stated: boolean;
  readonly at?: number;
}) {
  const { base } = useRouter();
  return (
    <section className={own['side']} aria-label={title}>
      <h3>{title}</h3>
      {hint !== null && <span className={own['whom']}>{hint}</span>}
      <NumberKey of={number} />
      {message === null ? (
        <span className="dim">{stated ? 'Its message is not kept, or not of your part.' : 'No message says so.'}</span>
      ) : (
        <>
          {/* What is written here stays. */}
          <a href={`${base}/messages/${message.id}`} target="_blank" rel="noopener">
            Open {messageWords(message)}
            <span className="visually-hidden"> in a new tab</span>
          </a>
          <span className="dim">by {message.feed}</span>
        </>
      )}
      {at !== undefined && <span className="dim">asked {moment(at, Date.now())}</span>}
    </section>
  );
}
