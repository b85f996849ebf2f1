/** What moves a subscription from state to state, as data; changes go through `nextState` alone. */
import type { SubscriptionState } from '../../store/contract/index.ts';

export type SubscriptionStep =
  /** Nothing is bound, or the server takes none. */
  | 'cannot'
  /** The server was asked, anew or again. */
  | 'asked'
  /** The server says that it notifies, or was heard of. */
  | 'confirmed'
  /** It was not heard of for too long. */
  | 'late'
  /** The server stopped it, or holds another than was asked for. */
  | 'refused'
  /** Nobody wants it any more. */
  | 'unwanted';

const STEPS: Readonly<Record<SubscriptionState, Partial<Record<SubscriptionStep, SubscriptionState>>>> = {
  polling: { asked: 'requested', unwanted: 'off' },
  requested: { cannot: 'polling', confirmed: 'active', late: 'overdue', refused: 'error', unwanted: 'off' },
  active: { cannot: 'polling', asked: 'requested', late: 'overdue', refused: 'error', unwanted: 'off' },
  overdue: { cannot: 'polling', asked: 'requested', confirmed: 'active', refused: 'error', unwanted: 'off' },
  error: { cannot: 'polling', asked: 'requested', confirmed: 'active', unwanted: 'off' },
  off: { cannot: 'polling', asked: 'requested' },
};

/** The state stays where the step leads nowhere from it. */
export const nextState = (state: SubscriptionState, step: SubscriptionStep): SubscriptionState =>
  STEPS[state][step] ?? state;

/** Somebody should look at it. */
export const needsAttention = (state: SubscriptionState): boolean => state === 'overdue' || state === 'error';
