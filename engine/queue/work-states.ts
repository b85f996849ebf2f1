/**
 * The states of a work item, as data. A store makes these changes and no others; each is a domain operation of
 * `WorkQueue`, never an assignment.
 *
 *   waiting -claim-> claimed -finish-> done            dead -redrive-> waiting
 *                    claimed -retry--> waiting         dead -discard-> discarded
 *                    claimed -expire-> waiting         waiting -discard-> discarded
 *                    claimed -fail---> dead            parked -unpark-> waiting (a person, or its time has come)
 *                    claimed -hold---> parked          parked -discard-> discarded
 */
import type { MessageState, WorkState } from '../store/contract/index.ts';

export type WorkChange = 'claim' | 'finish' | 'retry' | 'expire' | 'fail' | 'hold' | 'unpark' | 'redrive' | 'discard';

export const WORK_TRANSITIONS: Readonly<
  Record<WorkChange, { readonly from: readonly WorkState[]; readonly to: WorkState }>
> = {
  claim: { from: ['waiting'], to: 'claimed' },
  finish: { from: ['claimed'], to: 'done' },
  retry: { from: ['claimed'], to: 'waiting' },
  /** The lease ran out, or its owner gave it back. */
  expire: { from: ['claimed'], to: 'waiting' },
  fail: { from: ['claimed'], to: 'dead' },
  /** A person has to decide about it: `Fallbacks.decide` unparks or discards it. */
  hold: { from: ['claimed'], to: 'parked' },
  unpark: { from: ['parked'], to: 'waiting' },
  redrive: { from: ['dead'], to: 'waiting' },
  /** By a person, with a reason. */
  discard: { from: ['dead', 'waiting', 'parked'], to: 'discarded' },
};

/** States in which an item can begin. */
export const INITIAL_WORK_STATES: readonly WorkState[] = ['waiting', 'parked'];

/** The state after a change; `undefined` where the change is not allowed from `state`. */
export function changeWork(state: WorkState, change: WorkChange): WorkState | undefined {
  const { from, to } = WORK_TRANSITIONS[change];
  return from.includes(state) ? to : undefined;
}

/** Nothing more will be done for the item unless a person says so. */
export function isFinished(state: WorkState): boolean {
  switch (state) {
    case 'done':
    case 'dead':
    case 'discarded':
      return true;
    case 'waiting':
    case 'claimed':
    case 'parked':
      return false;
    default:
      return never(state);
  }
}

/** One item's part in what people see of its message. */
export function seenAs(state: WorkState, attempt: number): MessageState {
  switch (state) {
    case 'claimed':
      return 'processing';
    case 'waiting':
      return attempt > 0 ? 'waiting' : 'accepted';
    case 'parked':
    case 'done':
    case 'dead':
    case 'discarded':
      return state;
    default:
      return never(state);
  }
}

/** The most pressing first. */
const PRESSING: readonly MessageState[] = ['dead', 'processing', 'waiting', 'parked', 'accepted', 'discarded', 'done'];

/** What people see of a message with these work items: the most pressing of them; `unrouted` where there are none. */
export function messageStateOf(
  items: readonly { readonly state: WorkState; readonly attempt: number }[],
): MessageState {
  const seen = new Set(items.map((item) => seenAs(item.state, item.attempt)));
  return PRESSING.find((state) => seen.has(state)) ?? 'unrouted';
}

function never(state: never): never {
  throw new TypeError(`not a state of a work item: ${String(state)}`);
}
