/**
 * Which of the engine's steps lead from a state to what somebody wants, in order: one key is one wish, not three clicks. Beside
 * engine/tasks/task-states.ts, which no browser loads; a test walks both. Pure.
 */
import type { TaskState, TaskStep } from '../../api/runtime-shapes.ts';

/** `claim` makes a task the caller's, and accepts or begins it. */
export type Move = TaskStep | 'claim';

const DONE: Readonly<Partial<Record<TaskState, readonly Move[]>>> = {
  requested: ['claim', 'start', 'complete'],
  received: ['claim', 'start', 'complete'],
  ready: ['claim', 'complete'],
  accepted: ['start', 'complete'],
  'in-progress': ['complete'],
};

/** As whoever may assign hands it on, whosever it is: no step comes before, which would be for somebody else to take. */
const CAN_BE_HANDED_OVER = new Set<TaskState>([
  ...(['requested', 'received', 'ready', 'rejected'] as const),
  ...(['accepted', 'in-progress', 'on-hold'] as const),
]);

/** `null`: it cannot be completed from here without another decision first. */
export const wayToDone = (state: TaskState): readonly Move[] | null => DONE[state] ?? null;

/** One step of its own (`reassign`), with a reason. */
export const canBeHandedOver = (state: TaskState): boolean => CAN_BE_HANDED_OVER.has(state);

export const canBeClaimed = (state: TaskState): boolean =>
  state === 'requested' || state === 'received' || state === 'ready';
