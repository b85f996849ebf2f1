import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { ProblemList } from '../../api/runtime-shapes.ts';
import { shortHash } from '../audit/audit-words.ts';
import { useSession } from '../session/session.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { PROBLEM_KINDS } from '../tasks/reasons.ts';
import { actorWords } from '../tasks/task-words.ts';
import { Age } from '../time/clocks.tsx';
import { exactTime } from '../time/duration.ts';
import { OPEN_STATES, PROBLEM_LOOKS } from './problem-words.ts';
import classes from './problems.module.css';

export type ShownProblem = ProblemList['problems'][number];

export function ProblemRow({
  problem,
  onTake,
  onAnswer,
}: {
  readonly problem: ShownProblem;
  readonly onTake: (() => void) | null;
  readonly onAnswer: (() => void) | null;
}) {
  const { may, view } = useSession();
  const { label, tone, icon, meaning } = PROBLEM_LOOKS[problem.state];
  const { message, proposal } = problem;
  const words = [message.type, message.controlId].filter((one) => one !== null).join(' ');
  return (
    <article
      className={classes['problem']}
      data-problem={problem.id}
      tabIndex={-1}
      aria-label={`${PROBLEM_KINDS[problem.kind]}, reported by ${actorWords(problem.by)}`}
    >
      <p className={classes['line']}>
        <strong>{PROBLEM_KINDS[problem.kind]}</strong>
        <ToneMark tone={tone} icon={icon} title={meaning}>
          {label}
        </ToneMark>
        {problem.assignee !== null && OPEN_STATES.includes(problem.state) && (
          <span>{problem.assignee === view.username ? 'you look at it' : `${problem.assignee} looks at it`}</span>
        )}
      </p>
      <p className={classes['text']}>{problem.text}</p>
      <p className={classes['from']}>
        <span title={exactTime(problem.at)}>
          {actorWords(problem.by)}, <Age at={problem.at} /> ago
        </span>
        {may('message:read') && <Link href={`/messages/${problem.messageId}`}>Message {words}</Link>}
        {problem.taskId !== null && <Link href={`/tasks/${problem.taskId}`}>The task</Link>}
        {problem.alertId !== null && <Link href={`/alerts/${problem.alertId}`}>The alert</Link>}
        {message.patientHint !== null && <span>{message.patientHint}</span>}
        <span>
          version{' '}
          {problem.definitionVersion === null ? (
            'not known'
          ) : (
            <code title={problem.definitionVersion}>{shortHash(problem.definitionVersion)}</code>
          )}
        </span>
      </p>
      {problem.answer !== null && (
        <p className={classes['answer']}>
          <span className="visually-hidden">Answer: </span>
          {problem.answer}
        </p>
      )}
      {proposal !== null && (
        <p>
          {/^[1-9]\d{0,8}$/.test(proposal) ? (
            <Link href={`/proposals/${proposal}`}>Proposal {proposal} changes it</Link>
          ) : (
            `Proposal ${proposal} changes it`
          )}
        </p>
      )}
      {(onTake ?? onAnswer) && (
        <div className={classes['actions']}>
          {onTake && (
            <Button variant="default" onClick={onTake}>
              I look at it<span className="visually-hidden">: {PROBLEM_KINDS[problem.kind]}</span>
            </Button>
          )}
          {onAnswer && (
            <Button variant="default" onClick={onAnswer}>
              {problem.answer === null ? 'Answer…' : 'Change the answer…'}
              <span className="visually-hidden"> {PROBLEM_KINDS[problem.kind]}</span>
            </Button>
          )}
        </div>
      )}
    </article>
  );
}
