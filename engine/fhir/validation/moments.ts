/** FHIR's dates and times as spans of instants: a year is a span of a year, a day without zone is one of 50 hours. */

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(Z|[+-]\d\d:\d\d)?$/;
const HOUR = 3_600_000;
/** Zones reach from -12:00 to +14:00; the standard's expression allows 14 either way. */
const WIDEST = 14;

export interface Moment {
  /** Milliseconds since 1970, first and last that may be meant. */
  readonly first: number;
  readonly last: number;
  readonly hasTime: boolean;
  readonly hasZone: boolean;
}

/** `null`: not a date or time of FHIR, or none of the calendar. */
export function readMoment(text: string): Moment | null {
  const date = DATE.exec(text);
  if (date) return spanOf(date);
  const parts = DATE_TIME.exec(text);
  if (!parts) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone] = parts;
  if (!isDay(year, month, day)) return null;
  // A leap second is written as 60.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const offset = zone === undefined ? 0 : zoneMs(zone);
  if (offset === null) return null;
  const ms = utc(year, Number(month), Number(day)) + Number(hour) * HOUR + Number(minute) * 60_000;
  const at = ms + Number(second) * 1000 + Number(`0.${fraction || '0'}`) * 1000 - offset;
  const within = fraction === '' ? 999 : 0;
  const unsure = zone === undefined ? WIDEST * HOUR : 0;
  return { first: at - unsure, last: at + within + unsure, hasTime: true, hasZone: zone !== undefined };
}

function spanOf([, year = '', month, day]: RegExpExecArray): Moment | null {
  if (!isDay(year, month ?? '01', day ?? '01')) return null;
  const [m, d] = [Number(month ?? 1), Number(day ?? 1)];
  const first = utc(year, m, d);
  const next = day !== undefined ? utc(year, m, d + 1) : month !== undefined ? utc(year, m + 1, 1) : utc(year, 13, 1);
  return { first: first - WIDEST * HOUR, last: next + WIDEST * HOUR - 1, hasTime: false, hasZone: false };
}

function isDay(year: string, month: string, day: string): boolean {
  if (Number(year) === 0) return false;
  const at = new Date(utc(year, Number(month), Number(day)));
  return at.getUTCMonth() + 1 === Number(month) && at.getUTCDate() === Number(day);
}

/** `Date.UTC` takes years below 100 for those of the last century. */
function utc(year: string, month: number, day: number): number {
  return new Date(0).setUTCFullYear(Number(year), month - 1, day);
}

function zoneMs(zone: string): number | null {
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (minutes > 59 || hours > WIDEST || (hours === WIDEST && minutes > 0)) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * 60_000);
}

/** The one is certainly later than the other. What is no moment is said elsewhere. */
export function isLater(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  const [a, b] = [readMoment(one), readMoment(other)];
  // Two of the same precision without zone are of the same place, as far as anybody can know.
  if (a && b && !a.hasZone && !b.hasZone) return a.first > b.last - 2 * WIDEST * HOUR;
  return a !== null && b !== null && a.first > b.last;
}
