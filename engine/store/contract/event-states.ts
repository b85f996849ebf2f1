/**
 * The last known state of patients, visits, orders and appointments, which messages are compared with (events/event-state.ts), and
 * what was known before each message. Clinical data: a state goes with the body of the last message that stated it, and what was
 * known before a message goes with that message's body.
 */
import type { KnownStates, StateStatement } from '../../events/event-state.ts';

/** Of one message. */
export const MOST_STATEMENTS = 64;

export interface EventStates {
  /**
   * The states before this message, by key; keys that nothing was known of are left out. The message's statements are merged into
   * them (`mergeState`), in the same commit. The second time for the same message gives what the first gave, whatever came in
   * between, and changes nothing.
   */
  advance(messageId: string, statements: readonly StateStatement[]): Promise<KnownStates>;
}
