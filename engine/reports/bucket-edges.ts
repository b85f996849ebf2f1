import type { Millis } from '../base/clock.ts';
import { dateTime } from '../schedule/working-time.ts';

const DAY_MS = 86_400_000;

/**
 * Where the buckets of a time begin: at its own beginning, then with each hour of the zone's clock, or with each day where it is two days or
 * longer. A day on which clocks change has 23 or 25 hours.
 */
export function bucketEdges(from: Millis, to: Millis, zone: string): readonly Millis[] {
  const unit = to - from < 2 * DAY_MS ? 'hour' : 'day';
  const edges = [from];
  let at = dateTime().fromMillis(from, { zone }).startOf(unit);
  for (;;) {
    at = unit === 'hour' ? at.plus({ hours: 1 }) : at.plus({ days: 1 }).startOf('day');
    // Also for what is no moment any more.
    if (!(at.toMillis() < to)) return edges;
    if (at.toMillis() > from) edges.push(at.toMillis());
  }
}
