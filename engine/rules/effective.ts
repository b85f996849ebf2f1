/** Effective dates: from when to when a table or a row holds. */
import type { Effective } from './schema.ts';
import { orderOf } from './value.ts';

/** Epoch milliseconds; `until` is the first moment outside. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

const DAY = 86_400_000;

/** `null`: always. A string says what is wrong. */
export function periodOf(effective: Effective | undefined): Period | null | string {
  if (!effective) return null;
  const from = effective.from === null ? -Infinity : momentOf(effective.from, 0);
  const until = effective.to === null ? Infinity : momentOf(effective.to, DAY);
  if (Number.isNaN(from) || Number.isNaN(until))
    return 'has effective dates that are neither a date (2026-01-31) nor a date and time with zone';
  if (from >= until) return 'has effective dates that end before they begin';
  return from === -Infinity && until === Infinity ? null : { from, until };
}

/** A date stands for its whole day: the end of a period on that day lies a day later. */
function momentOf(text: string, dayIncluded: number): number {
  const day = orderOf('date', text);
  return Number.isNaN(day) ? orderOf('dateTime', text) : day + dayIncluded;
}

export const holdsAt = (period: Period | null, at: number): boolean =>
  period === null || (at >= period.from && at < period.until);
