/** Names of states and lanes as small numbers: what the tables hold. Appending is safe; changing an order is a migration. */
import { ACKNOWLEDGEMENT_STATES, LANES, MESSAGE_FORMATS, MESSAGE_STATES, WORK_STATES } from '../contract/index.ts';
import type { AcknowledgementState, Lane, MessageFormat, MessageState, WorkState } from '../contract/index.ts';

export const W = { waiting: 0, claimed: 1, parked: 2, done: 3, dead: 4, discarded: 5 } as const satisfies Record<
  WorkState,
  number
>;

export const M = {
  ...({ accepted: 0, processing: 1, waiting: 2, parked: 3, done: 4 } as const),
  ...({ dead: 5, discarded: 6, quarantined: 7, unrouted: 8, resend: 9 } as const),
} as const satisfies Record<MessageState, number>;

export const A = { awaited: 0, made: 1, delivered: 2, unwanted: 3, lapsed: 4 } as const satisfies Record<
  AcknowledgementState,
  number
>;

export const LANE = { stat: 0, urgent: 1, routine: 2, bulk: 3 } as const satisfies Record<Lane, number>;

export const FORMAT = { hl7v2: 0, fhir: 1, json: 2 } as const satisfies Record<MessageFormat, number>;

export function workState(value: number): WorkState {
  return known(WORK_STATES[value]);
}
export function messageState(value: number): MessageState {
  return known(MESSAGE_STATES[value]);
}
export function acknowledgementState(value: number): AcknowledgementState {
  return known(ACKNOWLEDGEMENT_STATES[value]);
}
export function laneName(value: number): Lane {
  return known(LANES[value]);
}
export function formatName(value: number): MessageFormat {
  return known(MESSAGE_FORMATS[value]);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the database holds a state that this version does not know');
  return value;
}

export const SEARCH_KEY_KINDS = { patient: 0, order: 1, visit: 2 } as const;
