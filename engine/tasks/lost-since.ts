/** Whether somebody had a task and nobody has it any more. Pure. */
import type { TaskEvent } from '../store/contract/index.ts';
import { afterTaskStep, hasEnded, isAcknowledged, type TaskState } from './task-states.ts';

/** States in which nobody has it; on hold it is still whose it was. */
export const LOST_STATES: readonly TaskState[] = ['requested', 'received', 'ready', 'rejected', 'failed'];

/**
 * Version with which nobody had it any more, after somebody had taken it over: each change is one event, the first of which made the
 * task. `null`: somebody has it, nothing is owed any more, or nobody ever had it.
 */
export function lostSince(events: readonly TaskEvent[]): number | null {
  let state: TaskState = 'requested';
  let had = false;
  let since: number | null = null;
  for (const [i, event] of events.entries()) {
    if (event.kind === 'step') state = event.to;
    else if (event.kind === 'assigned') state = afterTaskStep(state, 'reassign') ?? state;
    else continue;
    if (hasEnded(state)) [had, since] = [false, null];
    else if (isAcknowledged(state)) [had, since] = [true, null];
    else if (had && LOST_STATES.includes(state)) [had, since] = [false, i + 1];
  }
  return since;
}
