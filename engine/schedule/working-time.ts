/**
 * Time that counts only while somebody works: hours of the week in a zone, without holidays. By the calendar of the zone: on the
 * day on which clocks change a shift is an hour shorter or longer, as it is for those who work it. Pure.
 */
import { createRequire } from 'node:module';
import type * as LuxonModule from 'luxon';
import type { DateTime } from 'luxon';
import type { Millis } from '../base/clock.ts';

/** ISO weekdays: 1 is Monday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface WorkingHours {
  readonly days: readonly Weekday[];
  /** `08:00`. */
  readonly from: string;
  /** `17:00`; not later than `from`: of the next day. `24:00` is the end of the day. */
  readonly to: string;
}

export interface WorkingClock {
  /** IANA name. */
  readonly zone: string;
  readonly hours: readonly WorkingHours[];
  /** Days on which nothing begins: `2026-12-25`. What began the evening before goes on. */
  readonly holidays: readonly string[];
}

const load = createRequire(import.meta.url);
/** Loaded when first used: few ladders have a clock, and every start would wait for it. */
export const dateTime = (): typeof LuxonModule.DateTime => (load('luxon') as typeof LuxonModule).DateTime;

/** Without working time for this long, a clock is taken for one that never runs. */
const MOST_DAYS = 400;

export const isZone = (name: string): boolean => dateTime().utc().setZone(name).isValid;

/**
 * The moment at which `ms` of working time have passed since `start`; `start` itself for 0, also outside the hours: what is
 * due at once waits for nobody's morning. `null`: there is not that much in sight.
 */
export function afterWorkingTime(clock: WorkingClock, start: Millis, ms: Millis): Millis | null {
  if (ms <= 0) return start;
  const holidays = new Set(clock.holidays);
  // A shift of the evening before may still run.
  let day = dateTime().fromMillis(start, { zone: clock.zone }).startOf('day').minus({ days: 1 });
  let left = ms;
  let counted = start;
  for (let idle = 0; idle < MOST_DAYS; day = day.plus({ days: 1 })) {
    const open = holidays.has(day.toFormat('yyyy-MM-dd')) ? [] : shiftsOf(clock, day);
    let ran = false;
    for (const { from, to } of open) {
      // What another shift has counted, or what was before the start, does not count again.
      const begins = Math.max(from, counted);
      if (to <= begins) continue;
      ran = true;
      if (to - begins >= left) return begins + left;
      left -= to - begins;
      counted = to;
    }
    idle = ran ? 0 : idle + 1;
  }
  return null;
}

/** Those that begin on the day, soonest first. */
function shiftsOf({ hours }: WorkingClock, day: DateTime): readonly { readonly from: Millis; readonly to: Millis }[] {
  return hours
    .filter(({ days }) => days.some((one) => one === day.weekday))
    .map(({ from, to }) => ({
      from: at(day, from).toMillis(),
      to: (to <= from ? at(day.plus({ days: 1 }), to) : at(day, to)).toMillis(),
    }))
    .filter(({ from, to }) => to > from)
    .toSorted((a, b) => a.from - b.from);
}

/** A time that a clock change leaves out is that of the clock after it; of one that is twice, the first. */
function at(day: DateTime, time: string): DateTime {
  if (time === '24:00') return day.plus({ days: 1 });
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute });
}
