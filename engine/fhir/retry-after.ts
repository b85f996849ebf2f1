/** An hour: a server that asks for more is asked again after it. */
const LONGEST_WAIT = 3_600_000;
const WITHOUT_HEADER = 5_000;

/** Retry-After (RFC 9110, 10.2.3) as milliseconds from `now`: seconds or an HTTP-date; a default where absent or unreadable. */
export function retryAfterMs(header: string | null, now: number): number {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_WAIT);
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? WITHOUT_HEADER : Math.min(Math.max(0, date - now), LONGEST_WAIT);
}
