/**
 * Values of typed columns. What has not exactly the column's type is `null`: text never becomes a number, `null` never
 * becomes 0, NaN is nothing (facts: each of these gave wrong answers elsewhere).
 */
import type { RuleValue } from './contract.ts';

export const COLUMN_TYPES = ['string', 'number', 'boolean', 'date', 'time', 'dateTime', 'list'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];
export type Scalar = string | number | boolean;

/** Longest text and longest list taken as an input. */
const LONGEST_TEXT = 10_000;
const LONGEST_LIST = 1_000;

/** The value as the column's type, or `null`. A lone scalar in a list column is a list of one, since JSONata unwraps those. */
export function readValue(type: ColumnType, raw: unknown): RuleValue {
  if (type === 'number') return typeof raw === 'number' && Number.isFinite(raw) ? raw : null;
  if (type === 'boolean') return typeof raw === 'boolean' ? raw : null;
  if (type === 'list') {
    if (isScalar(raw)) return [raw];
    return Array.isArray(raw) && raw.length <= LONGEST_LIST && raw.every(isScalar) ? [...raw] : null;
  }
  if (typeof raw !== 'string' || raw.length > LONGEST_TEXT) return null;
  return type === 'string' || Number.isFinite(orderOf(type, raw)) ? raw : null;
}

export function isScalar(value: unknown): value is Scalar {
  return (
    (typeof value === 'string' && value.length <= LONGEST_TEXT) ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** Types whose values have an order, and so ranges. */
export const isOrdered = (type: ColumnType): boolean => type !== 'string' && type !== 'boolean' && type !== 'list';

/** Where a value of an ordered column lies on its axis; NaN if it is not of the type. */
export function orderOf(type: ColumnType, value: RuleValue): number {
  if (typeof value === 'number') return type === 'number' ? value : Number.NaN;
  if (typeof value !== 'string') return Number.NaN;
  switch (type) {
    case 'date':
      return dateOrder(value);
    case 'time':
      return timeOrder(value);
    case 'dateTime':
      return dateTimeOrder(value);
    default:
      return Number.NaN;
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds at 00:00 UTC of a full date; a partial date is none. */
function dateOrder(text: string): number {
  const parts = DATE.exec(text);
  if (!parts) return Number.NaN;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : Number.NaN;
}

/** Milliseconds since midnight. */
function timeOrder(text: string): number {
  const parts = TIME.exec(text);
  if (!parts) return Number.NaN;
  const fraction = Number((parts[4] ?? '').padEnd(3, '0'));
  return ((Number(parts[1]) * 60 + Number(parts[2])) * 60 + Number(parts[3] ?? 0)) * 1000 + fraction;
}

/** Epoch milliseconds; a time without a zone is none, since it names no moment. */
function dateTimeOrder(text: string): number {
  const parts = DATE_TIME.exec(text);
  if (!parts) return Number.NaN;
  const day = dateOrder(parts[1] ?? '');
  const time = timeOrder((parts[2] ?? '').replace(/(\.\d{3})\d+$/, '$1'));
  const zone = parts[3] ?? 'Z';
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * timeOrder(zone.slice(1));
  return day + time - offset;
}

export const sameValue = (a: RuleValue, b: RuleValue): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((one, i) => sameValue(one as RuleValue, b[i] as RuleValue))
    : a === b;
