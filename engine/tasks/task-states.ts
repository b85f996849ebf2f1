/**
 * The life of a workflow task: the states of FHIR R4 Task, with the stricter set of transitions that Wardflow keeps (the R4
 * page calls its own diagram "typical" and allows leaving end states). Pure; who may do what is decided elsewhere.
 */

export const TASK_STATES = [
  ...(['draft', 'requested', 'received', 'accepted', 'rejected', 'ready'] as const),
  ...(['in-progress', 'on-hold', 'completed', 'failed', 'cancelled', 'entered-in-error'] as const),
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** What happens to a task, in the words of who does it. */
export const TASK_STEPS = [
  ...(['request', 'receive', 'release', 'accept', 'reject', 'make-ready', 'start', 'hold', 'resume'] as const),
  ...(['hand-back', 'reassign', 'complete', 'fail', 'retry', 'cancel', 'correct'] as const),
] as const;
export type TaskStep = (typeof TASK_STEPS)[number];

/** `held`: back to where it was before it was put on hold. */
type Next = TaskState | 'held';

const ENDING = { cancel: 'cancelled', correct: 'entered-in-error' } as const;

/**
 * Somebody who may assign hands on what another has taken over and cannot end (they have gone home): it is ready for who gets it,
 * as "stopped for delegation" in R4.
 */
const STEPS: Readonly<Record<TaskState, Readonly<Partial<Record<TaskStep, Next>>>>> = {
  draft: { request: 'requested', 'make-ready': 'ready', ...ENDING },
  requested: {
    receive: 'received',
    accept: 'accepted',
    reject: 'rejected',
    'make-ready': 'ready',
    start: 'in-progress',
    reassign: 'requested',
    ...ENDING,
  },
  received: { accept: 'accepted', reject: 'rejected', release: 'requested', reassign: 'requested', ...ENDING },
  accepted: {
    start: 'in-progress',
    hold: 'on-hold',
    reject: 'rejected',
    reassign: 'ready',
    fail: 'failed',
    ...ENDING,
  },
  ready: { start: 'in-progress', hold: 'on-hold', reassign: 'requested', fail: 'failed', ...ENDING },
  'in-progress': {
    hold: 'on-hold',
    complete: 'completed',
    fail: 'failed',
    'hand-back': 'ready',
    reassign: 'ready',
    ...ENDING,
  },
  'on-hold': { resume: 'held', reassign: 'ready', fail: 'failed', ...ENDING },
  rejected: { reassign: 'requested', correct: 'entered-in-error' },
  failed: { retry: 'ready', correct: 'entered-in-error' },
  completed: { correct: 'entered-in-error' },
  cancelled: { correct: 'entered-in-error' },
  'entered-in-error': {},
};

/** What a task on hold goes back to: where it was, if that still makes sense. */
const RESUMES_TO = new Set<TaskState>(['in-progress', 'ready', 'accepted']);

/** Steps that nobody takes without a reason (`Task.statusReason`). */
const NEEDS_REASON = new Set<TaskStep>(['reject', 'hold', 'fail', 'cancel', 'correct', 'reassign']);

/** The state afterwards; `null`: it cannot happen in this state. `heldFrom`: where a task on hold was before. */
export function afterTaskStep(state: TaskState, step: TaskStep, heldFrom: TaskState | null = null): TaskState | null {
  const next = STEPS[state][step];
  if (next !== 'held') return next ?? null;
  return heldFrom !== null && RESUMES_TO.has(heldFrom) ? heldFrom : 'ready';
}

export const needsReason = (step: TaskStep): boolean => NEEDS_REASON.has(step);

/** The steps that are possible now. */
export const stepsFrom = (state: TaskState): readonly TaskStep[] =>
  TASK_STEPS.filter((step) => STEPS[state][step] !== undefined);

/** Somebody has taken it over: nobody needs to be told any more that it waits. */
export const isAcknowledged = (state: TaskState): boolean =>
  state === 'accepted' || state === 'in-progress' || state === 'completed';

/** Nothing is left to be done about it, unless somebody says that it never should have been. */
export const hasEnded = (state: TaskState): boolean =>
  state === 'completed' || state === 'cancelled' || state === 'entered-in-error';

/**
 * The step by which a task would come from one state to another, as when the EHR's copy says another state than ours; `null`:
 * there is no single step.
 */
export function stepBetween(from: TaskState, to: TaskState, heldFrom: TaskState | null = null): TaskStep | null {
  return TASK_STEPS.find((step) => afterTaskStep(from, step, heldFrom) === to) ?? null;
}

/** Something is left to be done. */
export const OPEN_TASK_STATES: readonly TaskState[] = TASK_STATES.filter((state) => !hasEnded(state));
