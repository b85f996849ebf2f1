import { afterTaskStep, stepsFrom, type TaskState, type TaskStep } from './task-states.ts';

/** Ways that undo or give up: taken only to get to just that. */
const NOT_ON_THE_WAY = new Set<TaskState>(['rejected', 'failed', 'cancelled', 'entered-in-error', 'on-hold']);

/** The fewest steps from one state to another; `null`: there is no way. Not by a refusal, a failure or a cancel in between. */
export function stepsBetween(
  from: TaskState,
  to: TaskState,
  heldFrom: TaskState | null = null,
): readonly TaskStep[] | null {
  const ways = new Map<TaskState, readonly TaskStep[]>([[from, []]]);
  for (const [state, way] of ways) {
    if (state === to && way.length > 0) return way;
    for (const step of stepsFrom(state)) {
      const next = afterTaskStep(state, step, state === from ? heldFrom : null);
      if (next === null || step === 'reassign' || ways.has(next)) continue;
      if (next === to) return [...way, step];
      if (!NOT_ON_THE_WAY.has(next)) ways.set(next, [...way, step]);
    }
  }
  return null;
}
