/** Values as people read them. Never `[object Object]`, never a page of JSON. */
import { isList, isObject, type Json } from '../base/json.ts';

const LONGEST = 80;

export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.trim() === '' ? 'nothing' : shortened(value);
  if (isList(value)) return value.length === 0 ? 'none' : shortened(value.map((item) => shown(item)).join(', '));
  if (!isObject(value)) return '';
  const fields = Object.entries(value).map(([key, item]) => `${key} ${shown(item)}`);
  return fields.length === 0 ? 'nothing' : shortened(fields.join(', '));
}

export const shortened = (text: string, longest = LONGEST): string => {
  const flat = text.replace(/\s+/g, ' ').trim();
  // By code point: half a surrogate pair is no character.
  return flat.length <= longest
    ? flat
    : `${Array.from(flat)
        .slice(0, longest - 1)
        .join('')}…`;
};

/** `ackMinutes` -> `ack minutes`. */
export const humanised = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** Of a position from 0. */
export const ordinal = (at: number): string => ORDINALS[at] ?? `number ${at + 1}`;

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const DURATION = /^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/;
const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** Seconds of an ISO 8601 duration of fixed length; `undefined` if it is none. */
export function secondsOf(value: Json | undefined): number | undefined {
  const parts = typeof value === 'string' ? DURATION.exec(value) : null;
  return parts ? UNITS.reduce((sum, [, seconds], i) => sum + Number(parts[i + 1] ?? 0) * seconds, 0) : undefined;
}

/** `PT1H30M` -> `1 h 30 min`; what is no duration as it is. */
export function durationWords(value: Json | undefined): string {
  const parts = typeof value === 'string' ? DURATION.exec(value) : null;
  if (!parts) return shown(value);
  const words = UNITS.flatMap(([unit], i) => {
    const count = Number(parts[i + 1] ?? 0);
    return count === 0 ? [] : [unit.length > 3 ? counted(count, unit) : `${count} ${unit}`];
  });
  return words.length > 0 ? words.join(' ') : 'at once';
}

/** Most urgent first: the lanes of the queue and the priorities of FHIR. */
const URGENCY = ['stat', 'asap', 'urgent', 'routine', 'bulk'];

/** Below 0: `after` is the more urgent. `null`: one of them is no lane. */
export function urgencyChange(before: Json | undefined, after: Json | undefined): number | null {
  const [a, b] = [before, after].map((value) => (typeof value === 'string' ? URGENCY.indexOf(value) : -1));
  return a === undefined || b === undefined || a < 0 || b < 0 ? null : b - a;
}
