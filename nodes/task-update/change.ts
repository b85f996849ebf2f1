import type { Engine, TaskActor, TaskReason, TaskStep, WorkflowTask } from '../../engine/index.ts';
import type { TaskUpdateProperties } from './config.ts';

/** `already`: it was so before, as after a redelivery. `not-possible`: it has ended otherwise. */
export type Outcome = 'done' | 'already' | 'not-possible';

export interface Wanted extends Pick<TaskUpdateProperties, 'part' | 'partState' | 'comment'> {
  readonly mode: Exclude<TaskUpdateProperties['mode'], 'find'>;
  readonly reason: TaskReason | null;
  readonly by: TaskActor;
}

interface Changed {
  readonly task: WorkflowTask;
  readonly outcome: Outcome;
}

/** One try, on the task as it was seen. @throws `task-stale` where somebody was faster, and what the service refuses */
export async function change(
  { tasks, store }: Pick<Engine, 'tasks' | 'store'>,
  task: WorkflowTask,
  wanted: Wanted,
): Promise<Changed> {
  const { mode, by } = wanted;
  switch (mode) {
    case 'comment': {
      // A redelivery says nothing twice.
      const said = (await store.tasks.events(task.id)).some(
        (event) => event.kind === 'commented' && event.actor === by.actor && event.text === wanted.comment,
      );
      return said
        ? { task, outcome: 'already' }
        : { task: await tasks.comment(task.id, wanted.comment, by), outcome: 'done' };
    }
    case 'part': {
      const { part, partState, reason } = wanted;
      if (task.parts.find(({ id }) => id === part)?.state === partState) return { task, outcome: 'already' };
      if (END.has(task.state)) return { task, outcome: 'not-possible' };
      const set = await tasks.setPart(task.id, task.version, part, partState, by, reason ?? undefined);
      return { task: set, outcome: 'done' };
    }
    case 'complete':
    case 'cancel':
    case 'fail':
      return end(tasks, task, wanted, mode);
    default:
      return mode satisfies never;
  }
}

const ENDS = { complete: 'completed', cancel: 'cancelled', fail: 'failed' } as const;
export const END: ReadonlySet<WorkflowTask['state']> = new Set([
  'completed',
  'cancelled',
  'entered-in-error',
  'failed',
  'rejected',
]);

/** What nobody has begun is taken up first: each step is one that the task has. */
const BEFORE: Readonly<Partial<Record<WorkflowTask['state'], TaskStep>>> = {
  draft: 'make-ready',
  requested: 'start',
  received: 'accept',
  accepted: 'start',
  ready: 'start',
  'on-hold': 'resume',
};
const NOT_YET: Readonly<Record<keyof typeof ENDS, ReadonlySet<WorkflowTask['state']>>> = {
  complete: new Set(['draft', 'requested', 'received', 'accepted', 'ready', 'on-hold']),
  fail: new Set(['draft', 'requested', 'received']),
  cancel: new Set(),
};

async function end(
  tasks: Engine['tasks'],
  first: WorkflowTask,
  { reason, by }: Wanted,
  mode: keyof typeof ENDS,
): Promise<Changed> {
  if (first.state === ENDS[mode]) return { task: first, outcome: 'already' };
  if (END.has(first.state)) return { task: first, outcome: 'not-possible' };
  // Its parts are looked at before anything is begun: the service says that they are open.
  const steps: typeof BEFORE = mode === 'complete' && first.parts.some(({ state }) => state === 'open') ? {} : BEFORE;
  let task = first;
  while (NOT_YET[mode].has(task.state)) {
    const step = steps[task.state];
    if (!step) break;
    task = await tasks.take(task.id, task.version, step, by, reason ?? undefined);
  }
  return { task: await tasks.take(task.id, task.version, mode, by, reason ?? undefined), outcome: 'done' };
}
