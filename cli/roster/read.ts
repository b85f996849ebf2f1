/** What reading a roster from elsewhere gives, and times as people write them. */
import { DateTime } from 'luxon';
import type { RosterEntry } from '../../engine/index.ts';

export interface ReadRoster {
  readonly entries: readonly RosterEntry[];
  /** Each with its place: `row 3, column "from": …`. Where there is one, nothing of the file is used. */
  readonly problems: readonly string[];
}

/** As in `roster.json`. */
export const NAME = /^\w[\w .@-]{0,99}$/;
/** User names are so; what writes rosters writes `Ana.Silva`, and nobody would see her tasks. */
export const userName = (name: string): string => name.toLowerCase();
export const MOST_ENTRIES = 50_000;

const WITH_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The moment that a text names, in the zone where it names none; a day alone begins with its first moment and ends with its last.
 * @returns half a sentence where it names none
 */
export function momentIn(text: string, zone: string, edge: 'from' | 'to'): number | string {
  const written = text.trim().replace(' ', 'T');
  const moment = DateTime.fromISO(written, { zone });
  if (!moment.isValid) return 'takes a time such as 2026-01-31 07:00';
  if (DAY.test(written)) return (edge === 'to' ? moment.plus({ days: 1 }) : moment).toMillis();
  // When the clock is put forward some times of the day are not there: luxon would take another.
  if (!WITH_OFFSET.test(written) && !written.includes(moment.toFormat('HH:mm')))
    return `is a time that is not there in ${zone}: the clock is put forward then`;
  return moment.toMillis();
}
