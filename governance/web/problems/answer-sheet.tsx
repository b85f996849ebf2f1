import { Button, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { ProblemState } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { submitByKey, TaskDrawer } from '../tasks/deed-sheet.tsx';
import { PROBLEM_KINDS } from '../tasks/reasons.ts';
import sheet from '../tasks/tasks.module.css';
import type { ShownProblem } from './problem-row.tsx';
import { PROBLEM_LOOKS } from './problem-words.ts';
import { useChangeProblem } from './queries.ts';

const LONGEST = 4000;
const STATES = Object.keys(PROBLEM_LOOKS).filter((state) => state !== 'open') as ProblemState[];

/** What came of a report, for who made it. */
export function AnswerSheet({
  problem,
  opened,
  onClose,
}: {
  /** As it is now. */
  readonly problem: ShownProblem;
  /** As it was when the sheet was opened. */
  readonly opened: ShownProblem;
  readonly onClose: () => void;
}) {
  const [seen, setSeen] = useState(opened.version);
  const [state, setState] = useState<ProblemState | null>(opened.state === 'open' ? null : opened.state);
  const [answer, setAnswer] = useState(opened.answer ?? '');
  const [proposal, setProposal] = useState(opened.proposal ?? '');
  const change = useChangeProblem();
  const say = useSay();
  const stale = problem.version > seen;
  const number = proposal.trim();
  const wrongNumber = number !== '' && !/^[1-9]\d{0,8}$/.test(number);
  const needsAnswer = state !== null && state !== 'looked-at';
  const ready = state !== null && !wrongNumber && !(needsAnswer && answer.trim().length < 3);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!ready || stale || change.isPending) return;
    change.mutate(
      {
        id: problem.id,
        change: {
          seen,
          state,
          ...(answer.trim() === '' ? {} : { answer: answer.trim() }),
          proposal: number === '' ? null : number,
        },
      },
      {
        onSuccess: () => {
          say('Answered.');
          onClose();
        },
      },
    );
  };
  return (
    <TaskDrawer title="Answer a report" onClose={onClose}>
      <form className={sheet['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <div>
          <h2 className={sheet['sheet-title']}>{PROBLEM_KINDS[problem.kind]}</h2>
          <p className={sheet['quoted']}>{problem.text}</p>
        </div>
        {stale && (
          <div className={sheet['since']} role="alert">
            <div>
              <p>
                <strong>Somebody was faster.</strong> It is “{PROBLEM_LOOKS[problem.state].label}” now
                {problem.assignee !== null && `, ${problem.assignee} looks at it`}
                {problem.answer !== null && `; the answer: “${problem.answer}”`}. What you have written stays.
              </p>
              <Button variant="default" size="sm" onClick={() => setSeen(problem.version)}>
                I have seen it, go on
              </Button>
            </div>
          </div>
        )}
        <Radio.Group
          label="What came of it?"
          size="sm"
          required
          value={state ?? ''}
          onChange={(value) => setState(value as ProblemState)}
        >
          <Stack gap={0} className={sheet['choices'] ?? ''}>
            {STATES.map((one, n) => (
              <Radio
                key={one}
                value={one}
                label={PROBLEM_LOOKS[one].label}
                description={PROBLEM_LOOKS[one].meaning}
                className={sheet['choice'] ?? ''}
                {...(n === 0 ? { 'data-autofocus': true } : {})}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label="Answer, for who reported it"
          size="sm"
          autosize
          minRows={3}
          maxRows={10}
          maxLength={LONGEST}
          required={needsAnswer}
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
        />
        <TextInput
          label="Proposal that changes it (optional)"
          description="Its number."
          size="sm"
          inputMode="numeric"
          maxLength={9}
          error={wrongNumber ? 'A number, as in the address of the proposal.' : null}
          value={proposal}
          onChange={(event) => setProposal(event.currentTarget.value)}
        />
        {change.isError && !stale && <ProblemNotice error={change.error} />}
        <div className={sheet['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button type="submit" size="sm" loading={change.isPending} disabled={!ready || stale}>
            Answer
          </Button>
        </div>
      </form>
    </TaskDrawer>
  );
}
