import { charsetNamed, type Charset } from './charset.ts';
import { hl7Errors } from './errors.ts';
import { Hl7Message } from './message.ts';
import { readField, readVerbatim } from './read-value.ts';
import type { Hl7Source } from './source.ts';
import type { Hl7RawBytes, Hl7RawText, Hl7Value } from './value.ts';
import { MessageWriter } from './write-message.ts';
import { isObject } from './write-value.ts';

/** A whole message as plain JSON, from which the same bytes can be made again (docs/reference/formats.md). */
export interface Hl7MessageJson {
  readonly kind: 'hl7-message';
  readonly format: 1;
  /** What the bytes are in: `UTF-8`, `8859/1`. MSH-18 decides where it names one and no mark, UTF-16 or separator beyond ASCII does. */
  readonly charset: string;
  /** Between segments where a segment does not say otherwise: CR, LF or CR LF. */
  readonly lineEnd: string;
  /** What stands before MSH: a byte order mark, blanks, line ends, a start block. */
  readonly before?: string;
  readonly segments: readonly Hl7SegmentJson[];
}

export interface Hl7SegmentJson {
  readonly name: string | Hl7RawText | Hl7RawBytes;
  /** `fields[0]` is field 1. MSH-1 and MSH-2 are the separator and the encoding characters. */
  readonly fields: readonly Hl7Value[];
  /** Line ends behind it, where they are others than `lineEnd`: '' for a last segment without one, `\r\r` before an empty line. */
  readonly end?: string;
}

const LINE_ENDS = ['\r', '\n', '\r\n'];
/** A frame of separators alone has millions, each an object of its own: more than a second's work, and all of the memory. */
const MOST_VALUES = 2_000_000;
const BEFORE = /^\ufeff?[\r\n \t\v]*$/;

/** The message as plain JSON, nothing lost: `hl7FromJson` makes the same bytes of it. Throws `hl7-too-many-values`. */
export function hl7ToJson(message: Hl7Message): Hl7MessageJson {
  const { source } = message;
  const { text } = source;
  refuseMany(source);
  const segments: Hl7SegmentJson[] = [];
  const before = text.slice(0, source.segment(0)?.from ?? 0);
  let lineEnd = '\r';
  for (let at = 0, span = source.segment(0); span; at++) {
    const next = source.segment(at + 1);
    const end = text.slice(span.to, next?.from ?? text.length);
    if (at === 0 && LINE_ENDS.includes(end)) lineEnd = end;
    const segment = { name: readVerbatim(source, nameOf(source, at)), fields: [...fieldsOf(source, at)] };
    segments.push(end === lineEnd ? segment : { ...segment, end });
    span = next;
  }
  const charset = source.charset.name;
  return { kind: 'hl7-message', format: 1, charset, lineEnd, ...(before !== '' && { before }), segments };
}

/**
 * The message that the JSON describes. Throws `hl7-bad-json` for what is no such JSON, and what the builder throws for
 * wrong values (`hl7-bad-value`, `hl7-no-separator`, `hl7-line-end`), each with its place.
 */
export function hl7FromJson(json: unknown): Hl7Message {
  const whole = known(json, 'it', ['kind', 'format', 'charset', 'lineEnd', 'before', 'segments']);
  if (whole['kind'] !== 'hl7-message') throw bad('kind', 'is not "hl7-message"');
  if (whole['format'] !== 1) throw bad('format', 'is not 1');
  const before = whole['before'] ?? '';
  if (typeof before !== 'string' || !BEFORE.test(before)) {
    throw bad('before', 'may hold a byte order mark, blanks, line ends and start blocks alone');
  }
  const { lineEnd } = whole;
  if (typeof lineEnd !== 'string' || !LINE_ENDS.includes(lineEnd)) throw bad('lineEnd', 'is not CR, LF or CR LF');
  const { segments } = whole;
  if (!Array.isArray(segments) || segments.length === 0) throw bad('segments', 'is not a list of segments');

  const charset = charsetOf(whole['charset']);
  // As when reading bytes: these decide whatever MSH-18 says.
  const isMarked = before.startsWith('\ufeff') || charset.name.startsWith('UTF-16') || hasOddSeparators(segments[0]);
  const writer = new MessageWriter(before, charset, isMarked ? charset : undefined);
  let item: unknown;
  for (let i = 0; i < segments.length; i++) {
    item = segments[i];
    const place = `segments[${i}]`;
    const { name, fields, end = lineEnd } = known(item, place, ['name', 'fields', 'end']);
    if (!Array.isArray(fields)) throw bad(`${place}.fields`, 'is not a list');
    const isLast = i === segments.length - 1;
    if (typeof end !== 'string' || !/^[\r\n]*$/.test(end) || (end === '' && !isLast)) {
      throw bad(`${place}.end`, 'is not made of line ends');
    }
    writer.add(writer.nameFrom(name, place), fields, end);
  }
  return Hl7Message.of(writer.finish());
}

function refuseMany({ text, delimiters }: Hl7Source): void {
  const { field, component, repetition, subcomponent } = delimiters;
  let left = MOST_VALUES;
  for (const separator of [field, component, repetition, subcomponent, '\r', '\n']) {
    for (let at = separator === '' ? -1 : text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1))
      if (--left < 0) throw hl7Errors.create('hl7-too-many-values', { most: MOST_VALUES });
  }
}

/** All before the first field; a header's is three letters, since its separator is a field of its own. */
function nameOf(source: Hl7Source, at: number): string {
  const span = source.segment(at) ?? { from: 0, to: 0 };
  if (source.isOpaque(at, 1)) return source.text.slice(span.from, span.from + 3);
  const [name = span] = source.parts(span, source.delimiters.field, 1);
  return source.text.slice(name.from, name.to);
}

function* fieldsOf(source: Hl7Source, at: number): Generator<Hl7Value> {
  let field = 0;
  for (const span of source.fields(at)) {
    field++;
    yield source.isOpaque(at, field)
      ? readVerbatim(source, source.text.slice(span.from, span.to))
      : readField(source, span);
  }
}

function hasOddSeparators(msh: unknown): boolean {
  const fields: unknown = isObject(msh) ? msh['fields'] : undefined;
  return /[^\0-\x7f]/.test(JSON.stringify(Array.isArray(fields) ? fields.slice(0, 2) : []));
}

function charsetOf(stated: unknown): Charset {
  const charset = typeof stated === 'string' ? charsetNamed(stated) : undefined;
  if (!charset) throw bad('charset', 'is no character set that is known here');
  return charset;
}

function known(value: unknown, place: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw bad(place, 'is not an object');
  const other = Object.keys(value).some((key) => !keys.includes(key));
  // The name of an unknown key may be anything, also clinical.
  if (other) throw bad(place, `has a key other than ${keys.join(', ')}`);
  return value;
}

function bad(place: string, problem: string): Error {
  return hl7Errors.create('hl7-bad-json', { place, problem });
}
