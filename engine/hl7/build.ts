import { UTF8 } from './charset.ts';
import { writeHl7Time } from './datetime.ts';
import { SEGMENT_NAME } from './path.ts';
import type { Hl7Source } from './source.ts';
import type { Hl7Value } from './value.ts';
import { MessageWriter } from './write-message.ts';

/** A whole message as data. Pure: time and control id are given, so that the same object makes the same bytes. */
export interface MessageToBuild {
  /** MSH-9: `ADT^A01^ADT_A01`. */
  readonly type: string;
  /** MSH-10. */
  readonly controlId: string;
  /** MSH-7: milliseconds since 1970, written in UTC to the second, or an HL7 time as it shall stand. */
  readonly time: number | string;
  /** MSH-3 and MSH-4. */
  readonly sender?: Hl7Party;
  /** MSH-5 and MSH-6. */
  readonly receiver?: Hl7Party;
  /** MSH-11; `P` (production) where it is left out. */
  readonly processing?: Hl7Value;
  /** MSH-12; `2.5.1` where it is left out. */
  readonly version?: Hl7Value;
  /** MSH-18, such as `8859/1`; where it is left out: none if all is ASCII, else `UNICODE UTF-8`. */
  readonly charset?: string;
  /** MSH-1 and MSH-2 in one; `|^~\&` where it is left out. */
  readonly delimiters?: string;
  /** Further fields of MSH by number, such as 15 and 16. */
  readonly header?: Hl7FieldsToBuild;
  /** After MSH, in this order. */
  readonly segments?: readonly SegmentToBuild[];
}

export interface Hl7Party {
  readonly application?: Hl7Value;
  readonly facility?: Hl7Value;
}

export interface SegmentToBuild {
  readonly name: string;
  /** By number from 1, or as a list (`fields[0]` is field 1) as JSON has it. */
  readonly fields: Hl7FieldsToBuild | readonly Hl7Value[];
}

export type Hl7FieldsToBuild = Readonly<Record<number, Hl7Value | undefined>>;

const NAMED = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 18]);
const FIELD = /^[1-9]\d{0,2}$/;
const WIDE = 'UNICODE UTF-8';

/** Throws hl7-* for values, TypeError for an object of another shape. */
export function buildSource(message: MessageToBuild): Hl7Source {
  const { charset } = message;
  const source = written(message, charset);
  // Empty means ASCII (table 0211): who writes more has to say so.
  return charset === undefined && /[^\0-\x7f]/.test(source.text) ? written(message, WIDE) : source;
}

function written(message: MessageToBuild, charset: string | undefined): Hl7Source {
  const { type, controlId, time, sender = {}, receiver = {}, processing = 'P', version = '2.5.1' } = message;
  const { delimiters = '|^~\\&', header = {}, segments = [] } = message;
  for (const [name, value] of Object.entries({ type, controlId, delimiters })) {
    if (typeof value !== 'string') throw new TypeError(`build takes ${name} as text`);
  }
  const msh: unknown[] = numbered(header, 'header');
  const named = Object.keys(header).find((key) => NAMED.has(Number(key)));
  if (named !== undefined) throw new TypeError(`build takes MSH-${named} under its own name, not in header`);
  const set = (field: number, value: unknown): void => void (msh[field - 1] = value);
  set(1, delimiters.charAt(0));
  set(2, delimiters.slice(1));
  set(3, sender.application);
  set(4, sender.facility);
  set(5, receiver.application);
  set(6, receiver.facility);
  set(7, typeof time === 'number' ? writeHl7Time(time) : time);
  set(9, type.split('^'));
  set(10, controlId);
  set(11, processing);
  set(12, version);
  if (charset !== undefined && charset !== '') set(18, charset);

  const writer = new MessageWriter('', UTF8);
  writer.add('MSH', msh, '\r');
  for (const [i, { name, fields }] of segments.entries()) {
    if (!SEGMENT_NAME.test(name)) throw new TypeError(`build takes segments[${i}].name as three capitals, such as PID`);
    writer.add(name, Array.isArray(fields) ? fields : numbered(fields, `segments[${i}].fields`), '\r');
  }
  return writer.finish();
}

/** A list of fields from what has them by number. */
function numbered(fields: unknown, option: string): unknown[] {
  const list: unknown[] = [];
  if (typeof fields !== 'object' || fields === null) throw new TypeError(`build takes ${option} as an object`);
  for (const [key, value] of Object.entries(fields)) {
    if (!FIELD.test(key)) throw new TypeError(`build takes ${option} by number from 1 to 999`);
    if (value !== undefined) list[Number(key) - 1] = value;
  }
  return list;
}
