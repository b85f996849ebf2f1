import { Checkbox } from '@mantine/core';
import type { TaskPart, TaskView } from '../../api/runtime-shapes.ts';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { Age } from '../time/clocks.tsx';
import { useSession } from '../session/session.ts';
import { DueClock } from './due-clock.tsx';
import { useDeed } from './queries.ts';
import { actorWords, isEnded } from './task-words.ts';
import { reasonWords } from './reasons.ts';
import classes from './tasks.module.css';

/** The lines of a task, in their order; one that waits says for what. */
export function Checklist({
  task,
  version,
  onSkip,
}: {
  readonly task: TaskView;
  /** That the reader has seen. */
  readonly version: number;
  readonly onSkip: (part: TaskPart) => void;
}) {
  const { may } = useSession();
  const doing = useDeed();
  const mayWork = may('task:work') && !isEnded(task.state);
  const { variables } = doing;
  /** Shown as it will be while it is told. */
  const stateOf = (part: TaskPart): TaskPart['state'] =>
    doing.isPending && variables?.deed.kind === 'part' && variables.deed.request.part === part.id
      ? variables.deed.request.to
      : part.state;
  const set = (part: TaskPart, to: TaskPart['state']): void =>
    doing.mutate({ id: task.id, deed: { kind: 'part', request: { seen: version, part: part.id, to } } });
  return (
    <>
      <ul className={classes['checklist']}>
        {task.parts.map((part) => {
          const before = waitsFor(part, task.parts);
          return (
            <li key={part.id} data-state={part.state}>
              <Checkbox
                size="sm"
                label={part.text}
                className={classes['part'] ?? ''}
                checked={stateOf(part) === 'done'}
                indeterminate={stateOf(part) === 'skipped'}
                disabled={!mayWork || before.length > 0 || doing.isPending}
                aria-describedby={`part-${part.id}`}
                onChange={() => set(part, part.state === 'open' ? 'done' : 'open')}
              />
              <p id={`part-${part.id}`} className={classes['part-more']}>
                {part.state === 'open' ? (
                  <>
                    {before.length > 0 && <span>waits for {before.map(({ text }) => `“${text}”`).join(', ')}</span>}
                    {part.role !== null && <span>for {part.role}</span>}
                    {part.dueAt !== null && <DueClock dueAt={part.dueAt} endedAt={null} />}
                    {mayWork && before.length === 0 && (
                      <button type="button" className={classes['link']} onClick={() => onSkip(part)}>
                        Skip…<span className="visually-hidden"> {part.text}</span>
                      </button>
                    )}
                  </>
                ) : (
                  <span>
                    {part.state === 'done' ? 'done' : 'skipped'} by {actorWords(part.by ?? '')}
                    {part.at !== null && (
                      <>
                        , <Age at={part.at} /> ago
                      </>
                    )}
                    {part.reason !== null && `: ${spoken(part.reason)}`}
                  </span>
                )}
              </p>
            </li>
          );
        })}
      </ul>
      {doing.isError && <ProblemNotice error={doing.error} />}
    </>
  );
}

function waitsFor(part: TaskPart, parts: readonly TaskPart[]): readonly TaskPart[] {
  if (part.state !== 'open') return [];
  return parts.filter(({ id, state }) => part.after.includes(id) && state === 'open');
}

/** Kept as `code` or `code: text`. */
function spoken(reason: string): string {
  const [code = '', ...rest] = reason.split(': ');
  return [reasonWords(code), ...rest].join(': ');
}
