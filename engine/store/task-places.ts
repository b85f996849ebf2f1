/** What both adapters keep of a task beside the task itself, so that lists and sweeps find it by an index. */
import { hasEnded } from '../tasks/task-states.ts';
import { TASK_PRIORITIES, type TaskQuery, type WorkflowTask } from './contract/tasks.ts';

/** Tasks without a due time come last. */
const NEVER = Number.MAX_SAFE_INTEGER;

export interface TaskPlaces {
  /** Something is left to be done about it. */
  readonly open: boolean;
  readonly dueRank: number;
  readonly urgency: number;
  /**
   * When its EHR copy was last seen to be in step; 0: it is behind. Absent: there is none, or it is over on both sides and need not be
   * looked at.
   */
  readonly syncAt: number | null;
}

export function placesOf(task: WorkflowTask): TaskPlaces {
  const open = !hasEnded(task.state);
  return {
    open,
    dueRank: task.dueAt ?? NEVER,
    urgency: TASK_PRIORITIES.indexOf(task.priority),
    syncAt: syncAtOf(task, open),
  };
}

function syncAtOf({ ehr, version }: WorkflowTask, open: boolean): number | null {
  if (!ehr) return null;
  if (ehr.syncedVersion < version || ehr.syncedAt === null) return 0;
  return open || ehr.trouble !== null ? ehr.syncedAt : null;
}

/** Only what is open is asked for: an index holds just that. */
export const asksOpenOnly = ({ states }: TaskQuery): boolean => states?.every((state) => !hasEnded(state)) === true;

/** Where the next page begins. */
export type TaskCursor = readonly [dueRank: number, urgency: number, seq: number];

export const cursorText = (cursor: TaskCursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws RangeError for what is none of ours */
export function cursorOf({ after }: Pick<TaskQuery, 'after'>): TaskCursor | null {
  if (after === undefined) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 3 && value.every((one) => Number.isSafeInteger(one)))
      return value as unknown as TaskCursor;
  } catch {
    // Told below.
  }
  throw new RangeError('not a place in a list of tasks');
}
