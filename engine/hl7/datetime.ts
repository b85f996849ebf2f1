/** HL7 v2 times (DT, TS, DTM: `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`), never more precise than they were stated. */
export type TimePrecision = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction';

export interface Hl7Time {
  readonly precision: TimePrecision;
  /**
   * ISO 8601 with what was stated and no more: `2024-01`, `2024-01-05T14:05:59.5-05:00`. To the minute or finer with a
   * zone it is also RFC 3339 (to the minute: without its seconds).
   */
  readonly iso: string;
  /** `+01:00`; `null` where the message states none. Dates carry none in `iso`, even where one was stated. */
  readonly zone: string | null;
}

const SHAPE = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,9})?)?)?)?)?)?([+-]\d{4})?$/;

/** `null` for anything else, including impossible dates: better no time than an invented one. */
export function parseHl7Time(value: string): Hl7Time | null {
  const match = SHAPE.exec(value.trim());
  if (!match) return null;
  const [, year = '', month, day, hour, minute, second, fraction, stated] = match;
  const zone = stated === undefined ? null : `${stated.slice(0, 3)}:${stated.slice(3)}`;
  if (!possible(year, month, day, hour, minute, second) || !possibleZone(zone)) return null;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (hour === undefined) {
    return { precision: day === undefined ? (month === undefined ? 'year' : 'month') : 'day', iso: date, zone };
  }
  const clock = [hour, minute, second].filter((part) => part !== undefined).join(':') + (fraction ?? '');
  const finest = second === undefined ? (minute === undefined ? 'hour' : 'minute') : 'second';
  return { precision: fraction === undefined ? finest : 'fraction', iso: `${date}T${clock}${zone ?? ''}`, zone };
}

/**
 * An instant as HL7 writes it: `20260105081500+0000`. In UTC unless an offset such as `-05:00` is given.
 * RangeError for what is no instant of the years 1 to 9999.
 */
export function writeHl7Time(
  instant: number,
  { precision = 'second', zone = '+00:00' }: { precision?: 'minute' | 'second' | 'fraction'; zone?: string } = {},
): string {
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (!offset || !possibleZone(zone)) throw new RangeError('zone is an offset such as +01:00');
  const ahead = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -60_000 : 60_000);
  const wall = new Date(instant + ahead).toISOString();
  if (wall.length !== 24) throw new RangeError('HL7 times have a year of four digits');
  const digits = wall.replace(/[-:TZ]/g, '');
  return `${digits.slice(0, { minute: 12, second: 14, fraction: 18 }[precision])}${zone.replace(':', '')}`;
}

/** Adds the zone that a feed states for times without one. Local times that a clock change makes twofold or void keep none. */
export function inZone(time: Hl7Time, zone: string | null): Hl7Time {
  if (zone === null || time.zone !== null || !time.iso.includes('T')) return time;
  const offset = /^[+-]\d\d:\d\d$/.test(zone) ? zone : rememberedOffset(time.iso, zone);
  return offset === null ? time : { ...time, iso: time.iso + offset, zone: offset };
}

/** Milliseconds since 1970 of a time stated at least to the minute and with a zone; else `null`. */
export function instantOf(time: Hl7Time | null): number | null {
  if (time === null || time.zone === null || !/T\d\d:\d\d/.test(time.iso)) return null;
  const instant = Date.parse(time.iso.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(instant) ? null : instant;
}

/** Asking the calendar takes longer than all the rest of a message, and results of an order share their minute. */
const REMEMBERED = 500;
const offsets = new Map<string, string | null>();

function rememberedOffset(local: string, zone: string): string | null {
  const key = `${local.slice(0, 16)} ${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = offsetAt(local, zone);
  if (offsets.size >= REMEMBERED) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function offsetAt(local: string, zone: string): string | null {
  const [, date = '', clock = ''] = /^(.{10})T([\d:]*)/.exec(local) ?? [];
  const wall = Date.parse(`${date}T${`${clock}:00:00`.slice(0, 8)}Z`);
  const day = 86_400_000;
  const around = new Set([offsetOf(wall - day, zone), offsetOf(wall + day, zone)]);
  const fitting = [...around].filter((offset) => offset !== null && offsetOf(wall - offset, zone) === offset);
  const [offset] = fitting;
  if (fitting.length !== 1 || offset === undefined || offset === null) return null;
  const minutes = Math.abs(Math.round(offset / 60_000));
  const digits = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** What the zone's clocks are ahead of UTC at that instant, milliseconds; `null` for an unknown zone. */
function offsetOf(instant: number, zone: string): number | null {
  const format = formats.get(zone) ?? newFormat(zone);
  formats.set(zone, format);
  if (!format) return null;
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(instant / 1000) * 1000;
}

function newFormat(timeZone: string): Intl.DateTimeFormat | null {
  const whole = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-iso8601', { timeZone, hourCycle: 'h23', ...whole });
  } catch {
    return null;
  }
}

function possible(year: string, month = '01', day = '01', hour = '00', minute = '00', second = '00'): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  return d <= new Date(Date.UTC(y < 100 ? y + 400 : y, m, 0)).getUTCDate();
}

function possibleZone(zone: string | null): boolean {
  return zone === null || (Number(zone.slice(1, 3)) <= 14 && Number(zone.slice(4)) <= 59);
}
