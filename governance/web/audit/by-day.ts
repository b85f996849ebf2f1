import type { SpokenRecord } from '../../api/contract.ts';
import { startOfDay } from '../time/duration.ts';

export interface Day {
  readonly label: string;
  readonly records: readonly SpokenRecord[];
}

const long = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const DAY_MS = 24 * 3_600_000;

/** Records, newest first, in groups of the viewer's days. */
export function byDay(records: readonly SpokenRecord[], now: number): readonly Day[] {
  const groups = Map.groupBy(records, (record) => startOfDay(record.at));
  const today = startOfDay(now);
  return [...groups].map(([start, ofDay]) => ({
    label:
      start === today ? 'Today' : start === startOfDay(today - DAY_MS / 2) ? 'Yesterday' : long.format(new Date(start)),
    records: ofDay,
  }));
}
