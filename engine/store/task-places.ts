/** What both adapters keep of a task beside the task itself, so that lists and sweeps find it by an index. */
import { hasEnded } from '../tasks/task-states.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import {
  TASK_PRIORITIES,
  type EhrCopy,
  type KnownCopy,
  type TaskChange,
  type TaskQuery,
  type WorkflowTask,
} from './contract/tasks.ts';

/** Tasks without a due time come last. */
const NEVER = Number.MAX_SAFE_INTEGER;

export interface TaskPlaces {
  /** Something is left to be done about it. */
  readonly open: boolean;
  readonly dueRank: number;
  readonly urgency: number;
  /**
   * When its EHR copy was last seen to be in step, or tried; 0: it is behind. Absent: there is none, or it is over on both sides and need not be
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
  const { triedAt = 0 } = ehr;
  if (ehr.syncedVersion < version || ehr.syncedAt === null) return triedAt;
  return open || ehr.trouble !== null ? Math.max(ehr.syncedAt, triedAt) : null;
}

/** Whether what is known of a copy is what somebody saw of it. */
export const isSameCopy = (known: EhrCopy | null, seen: EhrCopy): boolean =>
  known !== null && canonicalJson(known) === canonicalJson(seen);

/** Whether a change was made of the task as it is kept. */
export const isOfKept = (known: WorkflowTask, { seen, seenEhr }: TaskChange): boolean =>
  known.version === seen && (seenEhr === undefined || isSameCopy(known.ehr, seenEhr));

/** `null`: it has none. */
export function knownCopyOf({ id, ehr, version, priority }: WorkflowTask): KnownCopy | null {
  if (!ehr) return null;
  const { endpoint, reference, status, versionId, trouble, syncedVersion, syncedAt } = ehr;
  const owed = syncedVersion < version || syncedAt === null;
  return { id, endpoint, reference, status, versionId, trouble, priority, owed };
}

/** A change of a task as it is kept: what is known of the copy is noted beside changes, and none of them takes it back. */
export const keptChange = (known: WorkflowTask, { next, event }: TaskChange): WorkflowTask =>
  event.kind === 'ehr' ? next : { ...next, ehr: known.ehr };

/** Only what is open is asked for: an index holds just that. */
export const asksOpenOnly = ({ states }: TaskQuery): boolean => states?.every((state) => !hasEnded(state)) === true;

/** Where the next page begins. */
export type TaskCursor = readonly [dueRank: number, urgency: number, seq: number];

export const cursorText = (cursor: TaskCursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Whether `TaskQuery.after` can be this. */
export function isTaskPlace(text: string): boolean {
  try {
    return cursorOf({ after: text }) !== null;
  } catch {
    return false;
  }
}

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

/** Of `copies`. @throws RangeError for what is none of ours */
export function seqAfter(after: string | undefined): number {
  const seq = after === undefined ? 0 : Number(after);
  if (!Number.isSafeInteger(seq) || seq < 0) throw new RangeError('not a place in a list of copies');
  return seq;
}
