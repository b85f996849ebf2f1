import { Button, Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { KeyboardEvent, ReactNode, SubmitEvent } from 'react';
import type { TaskView } from '../../api/runtime-shapes.ts';
import { problemOf } from '../api/client.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useSay } from '../shell/announcer.tsx';
import { useDeed, type Deed } from './queries.ts';
import { SinceNotice } from './since-notice.tsx';
import classes from './tasks.module.css';
import type { Seen } from './use-seen.ts';

/** What every sheet about a task has: its title, what others did meanwhile, what was refused, two buttons. */
export function DeedSheet({
  title,
  seen,
  deed,
  said,
  button,
  danger = false,
  impossible = null,
  onClose,
  onDone,
  children,
}: {
  readonly title: string;
  readonly seen: Seen;
  /** `null`: not everything is said yet. */
  readonly deed: Deed | null;
  /** Read out afterwards. */
  readonly said: string;
  readonly button: string;
  readonly danger?: boolean;
  /** Why it cannot be done as the task is now. */
  readonly impossible?: string | null;
  readonly onClose: () => void;
  readonly onDone: (task: TaskView) => void;
  readonly children: ReactNode;
}) {
  const doing = useDeed();
  const say = useSay();
  const { task, changed } = seen;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (deed === null || changed || impossible !== null || doing.isPending) return;
    doing.mutate(
      { id: task.id, deed },
      {
        onSuccess: (after) => {
          say(said);
          onDone(after);
        },
      },
    );
  };
  // Somebody was faster: said with their name as soon as it is known.
  const refused = doing.isError && !(changed && problemOf(doing.error).code === 'task-stale');
  return (
    <TaskDrawer title={title} onClose={onClose}>
      <form className={classes['sheet']} onSubmit={submit} onKeyDown={submitByKey}>
        <h2 className={classes['sheet-title']}>{task.title}</h2>
        {changed && <SinceNotice seen={seen} />}
        {impossible !== null && <p className={classes['impossible']}>{impossible}</p>}
        {children}
        {refused && <ProblemNotice error={doing.error} />}
        <div className={classes['sheet-actions']}>
          <Button variant="default" size="sm" onClick={onClose}>
            Not now
          </Button>
          <Button
            type="submit"
            size="sm"
            color={danger ? 'red.8' : 'petrol'}
            loading={doing.isPending}
            disabled={deed === null || changed || impossible !== null}
            data-autofocus
          >
            {button}
          </Button>
        </div>
      </form>
    </TaskDrawer>
  );
}

/** As high as what is in it, so that the thumb reaches it. */
const FROM_BELOW = {
  inner: { alignItems: 'flex-end' },
  content: { height: 'auto', maxHeight: '88dvh', borderRadius: '14px 14px 0 0', background: 'var(--wf-surface)' },
  header: { background: 'var(--wf-surface)' },
  title: { fontSize: 16, fontWeight: 650 },
};

/** From the side on a desk, from below under a thumb. */
export function TaskDrawer({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const phone = useMediaQuery('(max-width: 48em)', window.innerWidth <= 768, { getInitialValueInEffect: false });
  return (
    <Drawer
      opened
      onClose={onClose}
      position={phone ? 'bottom' : 'right'}
      size={phone ? 'auto' : 460}
      title={title}
      {...(phone ? { styles: FROM_BELOW } : {})}
    >
      {children}
    </Drawer>
  );
}

/** Enter makes a new line in a text; with Ctrl it sends, as everywhere else. */
export function submitByKey(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
