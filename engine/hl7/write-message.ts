import { UTF8, type Charset } from './charset.ts';
import { hl7Errors } from './errors.ts';
import { SEGMENT_NAME } from './path.ts';
import { refusal } from './refuse.ts';
import { HEADERS, Hl7Source, MOST_CHARACTERS } from './source.ts';
import { badValue, isObject, writeExact, writeField, type Writing } from './write-value.ts';

/** Writes a message segment by segment, MSH first. For one message. */
export class MessageWriter {
  readonly #fallback: Charset;
  readonly #marked: Charset | undefined;
  readonly #lines: string[];
  readonly #occurrences = new Map<string, number>();
  #length: number;
  /** Known when MSH is. */
  #to: Writing | undefined;

  /** `marked`: what the bytes are in whatever MSH-18 says; `fallback`: where it says nothing. */
  constructor(before: string, fallback: Charset, marked?: Charset) {
    this.#fallback = fallback;
    this.#marked = marked;
    this.#lines = [before];
    this.#length = before.length;
  }

  /** The name of a segment, which in what others sent may be any text. */
  nameFrom(name: unknown, place: string): string {
    if (typeof name === 'string') return name.toWellFormed();
    if (isObject(name) && this.#to) return verbatim(name, place, this.#to);
    throw badValue(place, 'has no name');
  }

  /** `fields[0]` is field 1. `end`: the line ends behind the segment. */
  add(name: string, fields: readonly unknown[], end: string): void {
    const to = (this.#to ??= this.#header(name, fields));
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, occurrence);
    const label = this.#label(name, occurrence);
    const { field } = to.delimiters;
    if (/[\r\n]/.test(name) || name.includes(field)) throw refusal('hl7-line-end', label);
    const opaque = HEADERS.has(name.slice(0, 3)) ? 2 : 0;
    if (opaque > 0 && name.length > 3) throw badValue(label, 'has a longer name than MSH, FHS or BHS');

    const parts = Array.from(fields.slice(0, opaque), (value, i) => verbatim(value, `${label}-${i + 1}`, to));
    if ((parts[0]?.length ?? 0) > 1) throw badValue(`${label}-1`, 'is more than one character');
    let line = name + parts.join('');
    this.#length += line.length + end.length;
    for (let i = opaque; i < fields.length; i++) {
      const text = writeField(fields[i], `${label}-${i + 1}`, to);
      this.#length += text.length + 1;
      if (this.#length > MOST_CHARACTERS) throw hl7Errors.create('hl7-too-long', { most: MOST_CHARACTERS });
      line += field + text;
    }
    if (line === '') throw badValue(label, 'is a segment without a name and fields');
    this.#lines.push(line, end);
  }

  /** For errors: what is no name of a segment may be anything, also clinical. */
  #label(name: string, occurrence: number): string {
    if (!SEGMENT_NAME.test(name)) return `segment ${(this.#lines.length + 1) / 2}`;
    return occurrence === 1 ? name : `${name}[${occurrence}]`;
  }

  /** Throws hl7-not-in-charset where the character set cannot carry the text. */
  finish(): Hl7Source {
    const text = this.#lines.join('');
    const source = new Hl7Source(text, this.#fallback, this.#marked, !text.isWellFormed());
    const { charset, damaged } = source;
    const fits = (charset.name === UTF8.name && !damaged) || charset.encode(text) !== undefined;
    if (!fits) throw refusal('hl7-not-in-charset', 'MSH-18', { charset: charset.name });
    return source;
  }

  /** MSH-1 and MSH-2 decide how all else is written, MSH-18 in what. */
  #header(name: string, fields: readonly unknown[]): Writing {
    if (name !== 'MSH') throw hl7Errors.create('hl7-no-msh');
    const own = { delimiters: NONE, charset: this.#marked ?? this.#fallback };
    const [separator, encoding] = [verbatim(fields[0], 'MSH-1', own), verbatim(fields[1], 'MSH-2', own)];
    if (separator.length !== 1) throw badValue('MSH-1', 'is not one character');
    if (encoding.includes(separator)) throw badValue('MSH-2', 'holds the field separator');
    const { delimiters } = new Hl7Source(`MSH${separator}${encoding}${separator}`);
    const charset = fields[17] === undefined ? '' : writeField(fields[17], 'MSH-18', { ...own, delimiters });
    const stated = `MSH${separator}${encoding}${separator.repeat(16)}${charset}`;
    return { delimiters, charset: new Hl7Source(stated, this.#fallback, this.#marked).charset };
  }
}

/** Text that stands for itself: no escapes, no parts. */
function verbatim(value: unknown, path: string, { charset }: Writing): string {
  if (value === undefined) return '';
  if (typeof value !== 'string' && !isObject(value)) throw badValue(path, 'is not text');
  const text =
    typeof value === 'string' ? value.toWellFormed() : writeExact(value, path, { charset, delimiters: NONE });
  if (/[\r\n]/.test(text)) throw refusal('hl7-line-end', path);
  return text;
}

const NONE = { field: '', component: '', repetition: '', escape: '', subcomponent: '', truncation: '' };
