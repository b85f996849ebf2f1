import { Link } from 'wouter';
import type { PatientNow } from '../../api/runtime-shapes.ts';
import { useSession } from '../session/session.ts';
import { DueClock } from './due-clock.tsx';
import { Panel } from './panel.tsx';
import { whoWords } from './task-words.ts';
import classes from './tasks.module.css';

/** What else is open of the patient, under any of their numbers. */
export function OtherTasks({ patient }: { readonly patient: PatientNow | null }) {
  const { may } = useSession();
  if (!patient || patient.tasks.length === 0) return null;
  return (
    <Panel id="others" title="Other open tasks of this patient">
      <ul className={classes['others']}>
        {patient.tasks.map(({ id, title, dueAt, assigned }) => (
          <li key={id}>
            {may('task:list') ? <Link href={`/tasks/${id}`}>{title}</Link> : <span>{title}</span>}
            <span className={classes['line']}>
              <DueClock dueAt={dueAt} endedAt={null} />
              <span className="dim">{whoWords(assigned)}</span>
            </span>
          </li>
        ))}
      </ul>
      {patient.more && <p className="dim">There are more: these are due first.</p>}
    </Panel>
  );
}
