/** DT, TM, TS and DTM: never more precise than stated (R4 dateTime: with a time comes a zone, 2.24.0.1). */
import { inZone, parseHl7Time, type Hl7Time } from '../../../hl7/datetime.ts';
import { Leaf, type Node } from '../node.ts';
import type { Value } from '../value.ts';
import type { ReadContext } from './reading.ts';

function read(value: Value, context: ReadContext, part: number): Hl7Time | undefined {
  const text = value.part(part);
  if (text === '') return undefined;
  const time = parseHl7Time(text);
  if (time === null || time.iso.startsWith('0000')) {
    context.report(value, part, 'value-unreadable');
    return undefined;
  }
  // A degree of precision (TS.2) says what the digits say.
  return inZone(time, context.zone);
}

const DAY = 10;
const isWhole = ({ iso, zone }: Hl7Time): boolean => zone !== null && /T\d\d:\d\d/.test(iso);

/** To the second, as XML Schema asks: what is not stated is filled with zeros (R4 2.24.0.1). */
function seconds(iso: string): string {
  return iso.replace(/(T\d\d:\d\d)(?=[+-])/, '$1:00');
}

export function date(value: Value, context: ReadContext, part = 1): Leaf | undefined {
  const time = read(value, context, part);
  return time && new Leaf(time.iso.slice(0, DAY), value, part);
}

export function dateTime(value: Value, context: ReadContext, part = 1): Leaf | undefined {
  const time = read(value, context, part);
  if (!time) return undefined;
  if (!time.iso.includes('T')) return new Leaf(time.iso, value, part);
  if (isWhole(time)) return new Leaf(seconds(time.iso), value, part);
  context.report(value, part, 'time-shortened');
  return new Leaf(time.iso.slice(0, DAY), value, part);
}

/** To the second at least: nothing is filled in here, and what is stated less precisely is left out and reported. */
export function instant(value: Value, context: ReadContext, part = 1): Leaf | undefined {
  const time = read(value, context, part);
  if (!time) return undefined;
  if (isWhole(time)) return new Leaf(seconds(time.iso), value, part);
  context.report(value, part, 'value-unreadable');
  return undefined;
}

const CLOCK = /^([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\.\d{1,4})?)?([+-]\d{4})?$/;

/** TM without a zone: FHIR's time has none, and one that is stated would be lost. */
export function time(value: Value, context: ReadContext): Leaf | undefined {
  const text = value.text;
  if (text === '') return undefined;
  const [, hour, minute, second = '00', fraction = '', zone] = CLOCK.exec(text) ?? [];
  if (hour !== undefined && zone === undefined) return new Leaf(`${hour}:${minute}:${second}${fraction}`, value, 1);
  context.report(value, 1, 'value-unreadable');
  return undefined;
}

/** Two parts as a Period; one that ends before it begins is none (per-1). */
export function period(value: Value, context: ReadContext, from = 1, to = 2): Node | undefined {
  const [start, end] = [dateTime(value, context, from), dateTime(value, context, to)];
  if (!start && !end) return undefined;
  if (start && end && !inOrder(String(start.value), String(end.value))) {
    context.report(value, to, 'value-unreadable');
    return { start };
  }
  return { start, end };
}

/** Compared as far as both are stated. */
export function inOrder(start: string, end: string): boolean {
  const [a, b] = [Date.parse(start), Date.parse(end)];
  if (start.length > DAY && end.length > DAY) return a <= b;
  const shared = Math.min(start.length, end.length, DAY);
  return start.slice(0, shared) <= end.slice(0, shared);
}
