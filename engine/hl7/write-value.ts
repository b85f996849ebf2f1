import type { Charset } from './charset.ts';
import type { Delimiters } from './delimiters.ts';
import { escape, unescape } from './escape.ts';
import { refusal } from './refuse.ts';

/** What a value is written for. */
export interface Writing {
  readonly delimiters: Delimiters;
  readonly charset: Charset;
}

const LINE_ENDS = ['\r', '\n'];
/** What raw text may not hold: it would end the segment or the MLLP frame. */
export const ENDS_SOMETHING: readonly string[] = [...LINE_ENDS, '\x0b', '\x1c'];

/** The text of one field; `path` is its place, such as `PID-5`. Throws hl7-* with the place of the part that is wrong. */
export function writeField(value: unknown, path: string, to: Writing): string {
  if (!isObject(value) || !('repeat' in value)) return writeRepetition(value, path, to);
  const { repeat, ...others } = value;
  if (!Array.isArray(repeat) || Object.keys(others).length > 0) throw badValue(path, 'takes { "repeat": [...] } alone');
  const items: readonly unknown[] = repeat;
  const write = (item: unknown, i: number): string => writeRepetition(item, `${path}[${i + 1}]`, to);
  return joined(items, write, to.delimiters.repetition, path);
}

function writeRepetition(value: unknown, path: string, to: Writing): string {
  if (!Array.isArray(value)) return writeLeaf(value, path, to);
  const { component, subcomponent } = to.delimiters;
  const write = (part: unknown, i: number): string => {
    const place = `${path}.${i + 1}`;
    if (!Array.isArray(part)) return writeLeaf(part, place, to);
    return joined(part, (leaf, s) => writeLeaf(leaf, `${place}.${s + 1}`, to), subcomponent, place);
  };
  return joined(value, write, component, path);
}

function joined(
  items: readonly unknown[],
  write: (item: unknown, i: number) => string,
  separator: string,
  path: string,
): string {
  if (items.length > 1 && separator === '') throw refusal('hl7-no-separator', path);
  // Not `map`, which leaves the holes of a sparse list out.
  return Array.from(items, write).join(separator);
}

function writeLeaf(value: unknown, path: string, to: Writing): string {
  if (typeof value === 'string') return escaped(value, path, to);
  if (value === undefined) return '';
  if (value === null) return '""';
  if (typeof value === 'number') {
    const digits = String(value);
    // NM knows no exponents (chapter 2A, section 2.A.47), and neither is "NaN" a number.
    if (!/^-?[\d.]+$/.test(digits)) throw badValue(path, 'is a number that HL7 cannot write without an exponent');
    return digits;
  }
  if (Array.isArray(value)) throw badValue(path, 'has more levels than repetitions, components and subcomponents');
  if (isObject(value)) return writeExact(value, path, to);
  throw badValue(path, `is ${typeof value}, not text, a number, null or a list`);
}

function escaped(value: string, path: string, { delimiters, charset }: Writing): string {
  const text = escape(value.toWellFormed(), delimiters, { charset });
  if (text === undefined) throw refusal('hl7-no-separator', path);
  return text;
}

/** `{ text?, raw }` or `{ text?, bytes }`. */
export function writeExact(value: Readonly<Record<string, unknown>>, path: string, to: Writing): string {
  const { text, raw, bytes, ...others } = value;
  const stands = typeof raw === 'string' ? raw : typeof bytes === 'string' ? decoded(bytes, path, to) : undefined;
  if (stands === undefined || (raw !== undefined && bytes !== undefined) || Object.keys(others).length > 0) {
    throw badValue(path, 'is an object other than { "repeat" }, { "text", "raw" } and { "text", "bytes" }');
  }
  // Bytes are for what came that way, framing bytes among them.
  const forbidden = raw === undefined ? LINE_ENDS : ENDS_SOMETHING;
  if (forbidden.some((character) => stands.includes(character))) throw refusal('hl7-line-end', path);
  if (text !== undefined && text !== unescape(stands, to.delimiters, to).toWellFormed()) {
    throw badValue(path, 'has a text that its raw form does not read as: change one, leave the other out');
  }
  return stands;
}

function decoded(base64: string, path: string, { charset }: Writing): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw badValue(path, 'has bytes that are not base64');
  const text = charset.decode(bytes);
  if (!charset.encode(text)?.equals(bytes)) throw badValue(path, 'has half a character as its bytes');
  return text;
}

export function badValue(path: string, problem: string): Error {
  return refusal('hl7-bad-value', path, { problem });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
