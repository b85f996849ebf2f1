/** Times as people say them. All in milliseconds. */

/** `38 ms`, `4.2 s`, `3 min`, `2 h 05 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 1000) return `${Math.round(span)} ms`;
  if (span < 10_000) return `${(span / 1000).toFixed(1)} s`;
  if (span < 60_000) return `${Math.floor(span / 1000)} s`;
  const minutes = Math.floor(span / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The same in whole seconds and above: for ages that tick. */
export function age(ms: number): string {
  return ms < 1000 ? 'now' : duration(Math.floor(ms / 1000) * 1000).replace(/\.\d s/, ' s');
}

/** `00:42`, `12:05`, `1:02:05`: a clock that counts down. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** `08:12:04` in the viewer's zone. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `08:12:04` today, `20 Nov 08:12` otherwise. */
export function moment(at: number, now: number): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString()) return clockTime(at);
  return `${dayAndMonth.format(date)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `08:12:04.580` */
export function clockTimeWithMs(at: number): string {
  return `${clockTime(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** With date, seconds and milliseconds: for traces. */
export function exactTime(at: number): string {
  return `${dayAndMonth.format(new Date(at))} ${clockTimeWithMs(at)}`;
}

/** `2026-11-21`, UTC: as a certificate says how long it is valid. */
export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const two = (value: number): string => String(value).padStart(2, '0');
