/**
 * Which events of a topic have come. Numbers are given without gaps, may arrive in any order and more than once, and begin
 * anew where the server has lost count. Pure.
 */
import type { Millis } from '../../base/clock.ts';
import type { SubscriptionRecord } from '../../store/contract/index.ts';

export type Counted = Pick<SubscriptionRecord, 'eventNumber' | 'ahead' | 'gapSince'>;

/** Beyond it the gap is closed by a poll, which asks for all of them at once. */
const MOST_AHEAD = 1000;

/** `numbers`: that have come and are kept. `total`: how many the server says that it has given; `null`: not said. */
export function withEvents(before: Counted, numbers: readonly number[], total: number | null, now: Millis): Counted {
  const first = Math.min(...numbers);
  // Nothing is known of what was before the first that is heard of; a poll covers it.
  let last = before.eventNumber ?? (numbers.length > 0 ? first - 1 : (total ?? null));
  if (last === null) return before;
  const ahead = new Set([...before.ahead, ...numbers].filter((number) => number > (last ?? 0)));
  const mark = total !== null && total > last && !ahead.has(total) ? total : null;
  while (ahead.delete(last + 1)) last++;
  const rest = [...ahead].toSorted((a, b) => a - b).slice(-MOST_AHEAD);
  const isOpen = rest.length > 0 || (mark !== null && mark > last);
  return { eventNumber: last, ahead: rest, gapSince: isOpen ? (before.gapSince ?? now) : null };
}

/** An event that is new, with a number that was passed: the server counts anew. */
export function isRestart(before: Counted, number: number): boolean {
  return before.eventNumber !== null && number <= before.eventNumber;
}

/** The numbers to ask for: from the first that is missing to the last that has come; `null`: the end is not known. */
export function missing({
  eventNumber,
  ahead,
  gapSince,
}: Counted): { readonly from: number; readonly to: number | null } | null {
  if (eventNumber === null || gapSince === null) return null;
  return { from: eventNumber + 1, to: ahead.at(-1) ?? null };
}

/** A poll has brought what was missing: counting goes on behind the last that is known. */
export const closed = ({ ahead }: Counted): Counted => ({
  eventNumber: ahead.at(-1) ?? null,
  ahead: [],
  gapSince: null,
});
