import { Link } from 'wouter';
import type { ProblemReport } from '../../api/runtime-shapes.ts';
import { PROBLEM_LOOKS } from '../problems/problem-words.ts';
import { ToneMark } from '../states/state-mark.tsx';
import { Age } from '../time/clocks.tsx';
import { Panel } from './panel.tsx';
import { PROBLEM_KINDS } from './reasons.ts';
import { actorWords } from './task-words.ts';
import classes from './tasks.module.css';

/** What was reported about it, with the engineers' answer. */
export function TaskProblems({ problems }: { readonly problems: readonly ProblemReport[] }) {
  if (problems.length === 0) return null;
  return (
    <Panel id="problems" title={problems.length === 1 ? 'Reported problem' : 'Reported problems'}>
      <ul className={classes['problems']}>
        {problems.map((one) => {
          const { label, tone, icon } = PROBLEM_LOOKS[one.state];
          return (
            <li key={one.id}>
              <p className={classes['line']}>
                <Link href="/problems">{PROBLEM_KINDS[one.kind]}</Link>
                <ToneMark tone={tone} icon={icon}>
                  {label}
                </ToneMark>
              </p>
              <p className="dim">
                {actorWords(one.by)}, <Age at={one.at} /> ago
              </p>
              {one.answer !== null && <p className={classes['quoted']}>{one.answer}</p>}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
