import { Button, Stack } from '@mantine/core';
import { useLocation } from 'wouter';
import { useSession } from '../session/session.ts';
import { TaskDrawer } from './deed-sheet.tsx';
import { DueClock } from './due-clock.tsx';
import { useOtherSteps, useWishes } from './possible.ts';
import type { SheetProps, Wish } from './wish.ts';
import { TaskMark } from './task-marks.tsx';
import { holderWords, STEP_WORDS } from './task-words.ts';
import classes from './tasks.module.css';
import { useSeen } from './use-seen.ts';

/** Everything that can be done with a task, for a thumb. */
export function MoreSheet({ task: opened, onClose, onWish }: SheetProps & { readonly onWish: (wish: Wish) => void }) {
  const { task, detail } = useSeen(opened);
  const { view } = useSession();
  const [, navigate] = useLocation();
  const { wishes } = useWishes(task);
  const others = useOtherSteps(detail);
  return (
    <TaskDrawer title="What to do" onClose={onClose}>
      <div className={classes['sheet']}>
        <div>
          <h2 className={classes['sheet-title']}>{task.title}</h2>
          <p className={classes['line']}>
            <TaskMark state={task.state} />
            <DueClock dueAt={task.dueAt} endedAt={task.endedAt} />
          </p>
          <p className="dim">{holderWords(task, view.username)}</p>
        </div>
        <Stack gap={8}>
          {wishes.map(({ wish, label }) => (
            <Button key={label} variant="default" size="md" fullWidth justify="flex-start" onClick={() => onWish(wish)}>
              {label}
            </Button>
          ))}
          {others.map((step) => (
            <Button
              key={step}
              variant="default"
              size="md"
              fullWidth
              justify="flex-start"
              onClick={() => onWish({ kind: 'step', step })}
            >
              {STEP_WORDS[step]}…
            </Button>
          ))}
          <Button
            size="md"
            fullWidth
            variant="light"
            justify="flex-start"
            onClick={() => {
              onClose();
              navigate(`/tasks/${task.id}`);
            }}
          >
            Open it: why, checklist, history
          </Button>
        </Stack>
      </div>
    </TaskDrawer>
  );
}
