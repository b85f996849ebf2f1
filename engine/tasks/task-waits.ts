/**
 * Parked work that waits for a task. The change that ends a wait unparks it right after its commit; where the process ended
 * in between, or the work was parked a moment after the change, a round at the start and each minute finds it.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { Alarm } from '../schedule/alarm.ts';
import type { TaskState, WorkflowTask, WorkflowTasks, WorkQueue } from '../store/contract/index.ts';
import { hasEnded } from './task-states.ts';

/** `child.data` of a parked item that waits, beside what its node keeps there. */
export interface TaskWaitData {
  readonly taskId: string;
  readonly until: readonly TaskState[];
  /** What ended it; absent: its time has come, or a person let it go on. */
  readonly ended?: { readonly state: TaskState; readonly version: number; readonly at: Millis };
}

export interface TaskWaits {
  /** The task has another state. Never rejects: what could not be unparked is found by the next round. */
  changed(task: WorkflowTask): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export interface TaskWaitsOptions {
  readonly work: Pick<WorkQueue, 'parkedChildren' | 'unpark'>;
  readonly tasks: Pick<WorkflowTasks, 'get'>;
  readonly clock: Clock;
  readonly onWork: () => void;
  readonly onStoreFailure: (error: unknown) => void;
}

const ROUND_MS = 60_000;
const PAGE = 200;
const PREFIX = 'task-wait/';

/** Prefix of the child keys of what waits for a task. */
export const taskWaitKey = (taskId: string): string => `${PREFIX}${taskId}/`;

export function createTaskWaits(options: TaskWaitsOptions): TaskWaits {
  const { work, tasks, clock, onWork, onStoreFailure } = options;
  let running = false;
  let round: Promise<void> | null = null;
  const alarm = new Alarm(clock, begin);

  function begin(): void {
    if (!running || round) return;
    round = wake(PREFIX, (id) => tasks.get(id))
      .catch(onStoreFailure)
      .finally(() => {
        round = null;
        if (running) alarm.ring(clock.now() + ROUND_MS);
      });
  }

  async function wake(
    prefix: string,
    taskOf: (id: string) => Promise<WorkflowTask | undefined> | WorkflowTask,
  ): Promise<void> {
    for (let after: string | null = prefix; after !== null;) {
      const page: Awaited<ReturnType<typeof work.parkedChildren>> = await work.parkedChildren(prefix, after, PAGE);
      after = page.length < PAGE ? null : (page.at(-1)?.key ?? null);
      for (const { key, data } of page) {
        const wait = data as TaskWaitData;
        const task = await taskOf(wait.taskId);
        if (!task || !isOver(task.state, wait.until)) continue;
        const { state, version, stateSince: at } = task;
        if (await work.unpark(key, clock.now(), { ...wait, ended: { state, version, at } })) onWork();
      }
    }
  }

  return {
    changed: (task) => wake(taskWaitKey(task.id), () => task).catch(onStoreFailure),
    start() {
      running = true;
      begin();
    },
    async stop() {
      running = false;
      alarm.off();
      await round;
    },
  };
}

/** Also where the task has ended in a way that it was not waited for: it never will come there. */
const isOver = (state: TaskState, until: readonly TaskState[]): boolean => until.includes(state) || hasEnded(state);
