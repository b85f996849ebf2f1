import { useState } from 'react';
import type { TaskDetail, TaskEvent, TaskView } from '../../api/runtime-shapes.ts';
import { isHarmless } from './event-words.ts';
import { useTask } from './queries.ts';

export interface Seen {
  /** As it is now. */
  readonly task: TaskView;
  readonly detail: TaskDetail | undefined;
  /** What is sent as the version that was looked at. */
  readonly version: number;
  /** What others did since, that the reader has not said to have seen. */
  readonly since: readonly TaskEvent[];
  /** Changed, and what was done cannot be told yet. */
  readonly changed: boolean;
  readonly goOn: () => void;
}

/**
 * The version that somebody decides on: the one they opened, until they have seen what others did since. Comments and what
 * the EHR says change the version and nothing that is decided on.
 */
export function useSeen(opened: TaskView): Seen {
  const [seen, setSeen] = useState(opened.version);
  const detail = useTask(opened.id).data;
  const task = detail && detail.task.version > opened.version ? detail.task : opened;
  // Every change is one version and one event: the event at index `n` made version `n + 1`.
  const since = detail?.events.slice(seen).filter((event) => !isHarmless(event)) ?? [];
  const changed =
    task.version > seen && (detail === undefined || detail.task.version < task.version || since.length > 0);
  return {
    task,
    detail,
    version: changed ? seen : Math.max(seen, task.version),
    since,
    changed,
    goOn: () => setSeen(task.version),
  };
}
