/** By these names a status says when something was or will be. */
const TIMES = new Set(
  (
    'startedAt oldestWaiting since lastAt lastSuccess lastFailure openUntil pausedUntil lastMessageAt validUntil heardAt ' +
    'polledAt watermark endsAt gapSince setAt from until checkedAt'
  ).split(' '),
);

/** For programs: every time below as ISO 8601 text in UTC, which the runtime gives as epoch milliseconds; the rest as it is. */
export function isoTimes(value: unknown, name = ''): unknown {
  if (typeof value === 'number') return TIMES.has(name) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map((one) => isoTimes(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, isoTimes(one, key)]));
}
