import { Button } from '@mantine/core';
import { EllipsisVertical, ListChecks } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'wouter';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { Age } from '../time/clocks.tsx';
import { DueClock } from '../tasks/due-clock.tsx';
import { eventSentence, reasonSentence } from '../tasks/event-words.ts';
import { useWishes } from '../tasks/possible.ts';
import { useTask } from '../tasks/queries.ts';
import { EhrMark, PriorityMark, TaskMark } from '../tasks/task-marks.tsx';
import { dueRuleWords, holderWords } from '../tasks/task-words.ts';
import type { Wish } from '../tasks/wish.ts';
import classes from './worklist.module.css';

export interface RowDeeds {
  readonly claim: (task: TaskView) => void;
  readonly wish: (task: TaskView, wish: Wish) => void;
  readonly focused: (id: string) => void;
}

/** Why it does is what the next person asks first. */
const STANDS_STILL: readonly TaskView['state'][] = ['on-hold', 'rejected', 'failed'];

/** One task: when it is due, what it is, about whom, who has it. */
export const TaskRow = memo(function TaskRow({
  task,
  left,
  deeds,
}: {
  readonly task: TaskView;
  readonly left: boolean;
  readonly deeds: RowDeeds;
}) {
  const { view } = useSession();
  const { claim, main, wishes } = useWishes(task);
  const first = left || claim ? undefined : wishes.find(({ wish }) => wish === main);
  const reason = STANDS_STILL.includes(task.state) ? reasonSentence(task) : null;
  const over = task.parts.filter(({ state }) => state !== 'open').length;
  const about = [task.patientHint ?? task.message.patientHint, task.message.controlId].filter((one) => one !== null);
  return (
    <div className={classes['row']} data-left={left} data-task={task.id}>
      <div className={classes['due']} title={task.dueRule && dueRuleWords(task.dueRule)}>
        {task.endedAt !== null && (
          <span>
            <Age at={task.endedAt} /> ago
          </span>
        )}
        <DueClock dueAt={task.dueAt} endedAt={task.endedAt} />
      </div>
      <div className={classes['what']}>
        <Link href={`/tasks/${task.id}`} className={classes['open'] ?? ''} onFocus={() => deeds.focused(task.id)}>
          {task.title}
        </Link>
        <span className={classes['about']}>
          <PriorityMark priority={task.priority} />
          {about.length > 0 && <span className={classes['whom']}>{about.join(' · ')}</span>}
          {task.parts.length > 0 && (
            <span className={classes['parts']}>
              <ListChecks size={14} aria-hidden="true" /> {over} of {task.parts.length}
              <span className="visually-hidden"> of the checklist</span>
            </span>
          )}
          <EhrMark task={task} />
        </span>
      </div>
      <div className={classes['state']}>
        <TaskMark state={task.state} />
      </div>
      <div className={classes['who']}>
        {left ? <WhatBecame task={task} /> : [holderWords(task, view.username), reason].filter(Boolean).join('. ')}
      </div>
      <div className={classes['act']}>
        {claim && !left && (
          <Button size="xs" className={classes['claim'] ?? ''} onClick={() => deeds.claim(task)}>
            Acknowledge<span className="visually-hidden">: {task.title}</span>
          </Button>
        )}
        {first && (
          <Button
            size="xs"
            variant="default"
            className={classes['claim'] ?? ''}
            onClick={() => deeds.wish(task, first.wish)}
          >
            {first.label}
            <span className="visually-hidden"> {task.title}</span>
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          className={classes['more'] ?? ''}
          aria-label={`More about ${task.title}`}
          onClick={() => deeds.wish(task, { kind: 'more' })}
        >
          <EllipsisVertical size={16} aria-hidden="true" />
        </Button>
      </div>
    </div>
  );
});

/** Of a row that does not belong to the list any more: who did what, where it was. */
function WhatBecame({ task }: { readonly task: TaskView }) {
  const detail = useTask(task.id);
  const last = detail.data?.events.at(-1);
  if (!last || !detail.data) return <>{detail.isError ? 'not for you any more' : 'has changed…'}</>;
  return <>{eventSentence(last, detail.data.task.parts)}</>;
}
