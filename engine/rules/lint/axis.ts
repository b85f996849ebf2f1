/** Values on the axis of an ordered column, as a table writes them: at a bound, and somewhere between two. */
import type { RuleValue } from '../contract.ts';
import { orderOf, type ColumnType } from '../value.ts';

const DAY = 86_400_000;
const FIRST_DAY = orderOf('date', '0000-01-01');
const LAST_DAY = orderOf('date', '9999-12-31');

export function pointOn(type: ColumnType, point: number): RuleValue | undefined {
  if (type === 'number') return point;
  const { least, most } = LIMITS[type] ?? NO_LIMITS;
  return point >= least && point <= most ? written(type, point) : undefined;
}

/** Some value strictly between; `undefined`: there is none. */
export function betweenOn(type: ColumnType, low: number, high: number): RuleValue | undefined {
  return type === 'number' ? numberBetween(low, high) : stepBetween(type, low, high);
}

function numberBetween(low: number, high: number): number | undefined {
  const within = (value: number): boolean => value > low && value < high && Number.isFinite(value);
  const tries =
    low === -Infinity
      ? high === Infinity
        ? [0]
        : [high - 1, high * 2, high / 2, -Number.MAX_VALUE]
      : high === Infinity
        ? [low + 1, low * 2, low / 2, Number.MAX_VALUE]
        : [];
  const middle = low + (high - low) / 2;
  // The shortest one: 4.5 between 4.2 and 4.9 is read more easily than 4.550000000000001.
  for (let digits = 0; digits <= 15; digits++) tries.push(Number(middle.toFixed(digits)));
  return [...tries, middle].find(within);
}

/** Days, and moments to the millisecond. */
const LIMITS: Partial<Readonly<Record<ColumnType, { least: number; most: number; step: number }>>> = {
  date: { least: FIRST_DAY, most: LAST_DAY, step: DAY },
  time: { least: 0, most: DAY - 1, step: 1 },
  dateTime: { least: FIRST_DAY, most: LAST_DAY + DAY - 1, step: 1 },
};
const NO_LIMITS = { least: -Infinity, most: Infinity, step: 1 };
const SOME: Partial<Readonly<Record<ColumnType, number>>> = {
  date: Date.UTC(2026, 0, 1),
  time: DAY / 2,
  dateTime: Date.UTC(2026, 0, 1, 12),
};

function stepBetween(type: ColumnType, low: number, high: number): string | undefined {
  const { least, most, step } = LIMITS[type] ?? NO_LIMITS;
  const within = (value: number): boolean => value > low && value < high && value >= least && value <= most;
  const tries = [SOME[type] ?? 0];
  for (const stride of type === 'date' ? [30 * DAY, DAY] : [3_600_000, 60_000, 1_000, 1])
    tries.push(low + stride, high - stride);
  tries.push(least, most, low + step);
  const found = tries.find(within);
  return found === undefined ? undefined : written(type, found);
}

function written(type: ColumnType, point: number): string {
  const text = new Date(point).toISOString();
  if (type === 'date') return text.slice(0, 10);
  if (type === 'dateTime') return text.replace('.000Z', 'Z');
  return text
    .slice(11, 23)
    .replace(/\.000$/, '')
    .replace(/:00$/, '');
}
