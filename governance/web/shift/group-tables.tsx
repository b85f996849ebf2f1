import { useId, type ReactNode } from 'react';
import type { ShiftReport, TaskState } from '../../api/runtime-shapes.ts';
import { ScrollX } from '../feedback/scroll-x.tsx';
import { TASK_LOOKS } from '../tasks/task-words.ts';
import { number, percent, span } from './shift-words.ts';
import classes from './shift.module.css';

/** What is open by state, and how long it has been so. */
export function StateTable({ all }: Pick<ShiftReport, 'all'>) {
  const states = Object.entries(all.inEachState).toSorted(([, a], [, b]) => b.count - a.count);
  const most = Math.max(1, ...states.map(([, { count }]) => count));
  return (
    <Table title="Open now, by state" empty={states.length === 0 ? 'Nothing is open.' : null}>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Tasks
          </th>
          <th className={classes['bar-cell']} aria-hidden="true" />
          <th scope="col" className="number">
            Half for
          </th>
          <th scope="col" className="number">
            Longest
          </th>
        </tr>
      </thead>
      <tbody>
        {states.map(([state, { count, p50, longest }]) => (
          <tr key={state}>
            <th scope="row">{TASK_LOOKS[state as TaskState].label}</th>
            <td className="number">{number(count)}</td>
            <td className={classes['bar-cell']} aria-hidden="true">
              <span className={classes['bar']} style={{ width: `${(count / most) * 100}%` }} />
            </td>
            <td className="number">{span(p50)}</td>
            <td className="number">{span(longest)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function RoleTable({ byRole }: Pick<ShiftReport, 'byRole'>) {
  return (
    <Table title="By role" empty={byRole.length === 0 ? 'No role had a task.' : null}>
      <thead>
        <tr>
          <th scope="col">Role</th>
          {['Open', 'Overdue', 'New', 'Completed', 'Taken over within', '9 of 10 within'].map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {byRole.map(({ role, pending, overdue, created, completed, toAcknowledge }) => (
          <tr key={role ?? ''}>
            <th scope="row">{role ?? 'No role: for a unit or a person'}</th>
            <td className="number">{number(pending)}</td>
            <Overdue count={overdue} />
            <td className="number">{number(created)}</td>
            <td className="number">{number(completed)}</td>
            <td className="number">{span(toAcknowledge.p50)}</td>
            <td className="number">{span(toAcknowledge.p90)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const LINE_COLUMNS = [
  ...(['Open', 'Overdue', 'New', 'Completed', 'Taken over within', '9 of 10 within'] as const),
  ...(['Escalation steps', 'Alerts told', 'Held back', 'False alarms', 'Decided otherwise'] as const),
];

export function LineTable({ byServiceLine }: Pick<ShiftReport, 'byServiceLine'>) {
  return (
    <Table title="By service line" empty={byServiceLine.length === 0 ? 'No service line had anything.' : null}>
      <thead>
        <tr>
          <th scope="col">Service line</th>
          {LINE_COLUMNS.map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {byServiceLine.map(({ serviceLine, ...one }) => (
          <tr key={serviceLine ?? ''}>
            <th scope="row">{serviceLine ?? 'None'}</th>
            <td className="number">{number(one.inState.count)}</td>
            <Overdue count={one.overdue} />
            <td className="number">{number(one.created)}</td>
            <td className="number">{number(one.completed)}</td>
            <td className="number">{span(one.toAcknowledge.p50)}</td>
            <td className="number">{span(one.toAcknowledge.p90)}</td>
            <td className="number">{number(one.escalationSteps)}</td>
            <td className="number">{number(one.alertsStarted)}</td>
            <td className="number">{number(one.alertsHeldBack)}</td>
            <td className="number">{percent(one.falsePositiveRate)}</td>
            <td className="number">{percent(one.overrideRate)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const Overdue = ({ count }: { readonly count: number }) => (
  <td className={`number ${classes['overdue']}`} data-some={count > 0}>
    {number(count)}
  </td>
);

function Table({
  title,
  empty,
  children,
}: {
  readonly title: string;
  readonly empty: string | null;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
      </div>
      {empty === null ? (
        <ScrollX stacked label={title}>
          <table className={`plain-table ${classes['groups']}`}>{children}</table>
        </ScrollX>
      ) : (
        <p className="panel-body dim">{empty}</p>
      )}
    </section>
  );
}
