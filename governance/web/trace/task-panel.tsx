import { Link } from 'wouter';
import classes from '../alerts/alerts.module.css';
import { useTasksOf } from '../tasks/queries.ts';
import { DueClock } from '../tasks/due-clock.tsx';
import { TaskMark } from '../tasks/task-marks.tsx';
import { whoWords } from '../tasks/task-words.ts';

/** What this message asked of people, and how far they are. */
export function TaskPanel({ messageId }: { readonly messageId: string }) {
  const tasks = useTasksOf(messageId).data?.tasks ?? [];
  if (tasks.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="tasks">
      <div className="panel-head">
        <h2 id="tasks">{tasks.length === 1 ? 'Task' : 'Tasks'}</h2>
      </div>
      {tasks.map((task) => (
        <article key={task.id} className={classes['of-message']}>
          <Link href={`/tasks/${task.id}`} className={classes['title'] ?? ''}>
            {task.title}
          </Link>
          <span className={classes['about']}>
            <TaskMark state={task.state} />
            <DueClock dueAt={task.dueAt} endedAt={task.endedAt} />
          </span>
          <span className="dim">for {whoWords(task.assigned)}</span>
        </article>
      ))}
    </section>
  );
}
