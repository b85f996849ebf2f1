import { charsetNamed, UTF8, type Charset } from './charset.ts';
import { levels, readDelimiters, startOf, type Delimiters } from './delimiters.ts';
import { hl7Errors } from './errors.ts';
import { unescape } from './escape.ts';
import type { Hl7Path } from './path.ts';

/** A stretch of the text, from (inclusive) and to (exclusive). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Line ends are sought when the first segment is: whoever only writes the text never looks. */
const UNSOUGHT = -2;
/** What a frame may hold at most by default (mllp/framer.ts): a longer message could not be sent. */
export const MOST_CHARACTERS = 32 * 1024 * 1024;
export const HEADERS: ReadonlySet<string> = new Set(['MSH', 'FHS', 'BHS']);
/** Below this a loop over characters beats the start-up of a native search. */
const SHORT = 96;
/** Names whose places are remembered: more than any standard message has. */
const MOST_NAMES = 64;

/**
 * Over 300 lines: every walk over the text is here, side by side, since they share the notes of what was found before and
 * are what the speed of all reading hangs on.
 *
 * One message's text and how to find things in it: where segments begin (noted as far as anybody has looked) and the
 * separators. Nothing is split or copied before it is asked for. The text never changes: an edit makes a new source.
 *
 * Clones of a message share it. Node-RED's cloner passes on by reference what has a tag it does not know, which
 * `Symbol.toStringTag` gives; a plain object would be copied deeply at every fan-out.
 */
export class Hl7Source {
  readonly text: string;
  readonly delimiters: Delimiters;
  readonly fallback: Charset;
  /** Set where a UTF-16 or a byte order mark has already decided the character set. */
  readonly marked: Charset | undefined;
  /** Some bytes meant nothing in the character set (charset.ts): they read as U+FFFD. */
  readonly damaged: boolean;
  /** Known to be one byte a character in every character set but UTF-16; false where nobody has looked. */
  readonly isAscii: boolean;
  private readonly begins: number[];
  private readonly ends: number[] = [];
  private nextCr = UNSOUGHT;
  private nextLf = UNSOUGHT;
  private decided: Charset | undefined;
  /** By name, where its segments lie, as far as anybody has asked; -1: no more. */
  private named: Map<string, { readonly places: number[]; next: number }> | undefined;
  /** Where a field of a segment began that was sought last, behind so many separators. */
  private lastAt = -1;
  private lastPassed = 0;
  private lastBegin = 0;
  private readonly fieldCode: number;
  private readonly repetitionCode: number;
  private readonly componentCode: number;
  private readonly subcomponentCode: number;
  private readonly escapeCode: number;

  /**
   * `before`: the source that an edit behind the separators made this text of, which need not be read again. `isAscii`:
   * that is known.
   */
  constructor(
    text: string,
    fallback: Charset = UTF8,
    marked?: Charset,
    damaged = false,
    before?: Hl7Source,
    isAscii = false,
  ) {
    this.text = text;
    this.isAscii = isAscii;
    this.fallback = fallback;
    this.marked = marked;
    this.damaged = damaged;
    const start = before?.begins[0] ?? startOf(text);
    const delimiters = before?.delimiters ?? readDelimiters(text, start);
    this.delimiters = delimiters;
    this.fieldCode = delimiters.field.charCodeAt(0);
    this.repetitionCode = delimiters.repetition.charCodeAt(0);
    this.componentCode = delimiters.component.charCodeAt(0);
    this.subcomponentCode = delimiters.subcomponent.charCodeAt(0);
    this.escapeCode = delimiters.escape.charCodeAt(0);
    this.begins = [start];
  }

  /** The text with a stretch of it replaced, which must not touch the separators. Throws `hl7-too-long` where it grows so long. */
  spliced(span: Span, text: string): Hl7Source {
    this.refuseGrowth(text.length - (span.to - span.from));
    const edited = this.text.slice(0, span.from) + text + this.text.slice(span.to);
    const staysAscii = this.isAscii && isAsciiText(text);
    return new Hl7Source(edited, this.fallback, this.marked, this.damaged, this, staysAscii);
  }

  /** Before anything of that length is made. What came longer than that stays as it is. */
  refuseGrowth(by: number): void {
    if (by > 0 && this.text.length + by > MOST_CHARACTERS)
      throw hl7Errors.create('hl7-too-long', { most: MOST_CHARACTERS });
  }

  get [Symbol.toStringTag](): string {
    return 'Hl7Source';
  }

  /** The text as bytes; `undefined` where the character set cannot carry it. */
  encode(): Buffer | undefined {
    const { text } = this;
    if (!this.isAscii) return this.charset.encode(text);
    // In half the time of Buffer.from, which asks again what is known here.
    const bytes = Buffer.allocUnsafe(text.length);
    bytes.write(text, 'latin1');
    return bytes;
  }

  /** The character set that the bytes are in: a byte order mark, else MSH-18, else the fallback. */
  get charset(): Charset {
    this.decided ??= this.marked ?? charsetNamed(this.statedCharset()) ?? this.fallback;
    return this.decided;
  }

  /** MSH-18 as it stands: to unescape it one would have to know the character set. */
  private statedCharset(): string {
    const field = this.field(0, 18);
    if (!field || field.from === field.to) return '';
    const first = this.nth(field, this.delimiters.repetition, this.repetitionCode, 1) ?? field;
    return this.text.slice(first.from, first.to);
  }

  /** Where segment `at` (from 0) lies, without its line end; `undefined` behind the last. */
  segment(at: number): Span | undefined {
    while (this.ends.length <= at) if (!this.scan()) return undefined;
    const from = this.begins[at];
    const to = this.ends[at];
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  /** Index (from 0) of the `occurrence`th (from 1) segment of that name; -1. */
  find(name: string, occurrence = 1): number {
    if (occurrence <= 1) return name === 'MSH' ? 0 : this.seekNamed(name, 0);
    // Whoever asks for the second asks for the third: a loop over all of them is to look at each segment once.
    let named = this.named?.get(name);
    if (!named) {
      this.named ??= new Map();
      if (this.named.size >= MOST_NAMES) this.named.clear();
      this.named.set(name, (named = { places: [], next: 0 }));
    }
    while (named.places.length < occurrence && named.next >= 0) {
      const at = this.seekNamed(name, named.next);
      if (at >= 0) named.places.push(at);
      named.next = at < 0 ? -1 : at + 1;
    }
    return named.places[occurrence - 1] ?? -1;
  }

  /** The first segment of that name at or behind `start`; -1. */
  private seekNamed(name: string, start: number): number {
    const [a, b, c] = [name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)];
    const { text, begins, ends, fieldCode } = this;
    for (let at = start; at < ends.length || this.scan(); at++) {
      const from = begins[at] ?? 0;
      if (text.charCodeAt(from) !== a || text.charCodeAt(from + 1) !== b || text.charCodeAt(from + 2) !== c) continue;
      // A longer word is another, if unlawful, segment; a bare name is a segment without fields.
      if (from + 3 !== ends[at] && text.charCodeAt(from + 3) !== fieldCode) continue;
      return at;
    }
    return -1;
  }

  nameOf(at: number): string {
    const span = this.segment(at);
    if (!span) return '';
    const end = this.seek(this.delimiters.field, this.fieldCode, span.from, span.to);
    return this.text.slice(span.from, Math.min(end, span.from + 8));
  }

  /** The whole field, all its repetitions; `undefined` where the segment ends before it. */
  field(at: number, field: number): Span | undefined {
    while (this.ends.length <= at) if (!this.scan()) return undefined;
    const from = this.begins[at] ?? 0;
    const to = this.ends[at] ?? 0;
    let skip = field;
    if (this.isHeader(from)) {
      // MSH-1 is the separator itself, so that MSH-2 is what follows it (chapter 2, section 2.14.9).
      if (field === 1) return { from: from + 3, to: Math.min(from + 4, to) };
      skip--;
    }
    const separator = this.delimiters.field;
    let begin = from;
    let passed = 0;
    // Flows read the fields of a segment in their order: go on from the last one.
    if (this.lastAt === at && this.lastPassed <= skip) {
      begin = this.lastBegin;
      passed = this.lastPassed;
    }
    for (; passed < skip; passed++) {
      begin = this.seek(separator, this.fieldCode, begin, to) + 1;
      if (begin > to) return undefined;
    }
    this.lastAt = at;
    this.lastPassed = passed;
    this.lastBegin = begin;
    return { from: begin, to: this.seek(separator, this.fieldCode, begin, to) };
  }

  /** The part a path names, in the segment at `at`; 0 for "the whole"; `undefined` where the message ends before it. */
  part(at: number, path: Hl7Path): Span | undefined {
    const field = this.field(at, path.field);
    return field && this.isOpaque(at, path.field) ? opaque(field, path) : field && this.within(field, path);
  }

  private within(field: Span, path: Hl7Path): Span | undefined {
    let span: Span | undefined = field;
    for (const [separator, wanted] of levels(path, this.delimiters)) {
      span &&= this.nth(span, separator, separator.charCodeAt(0), wanted);
    }
    return span;
  }

  /** A value as people read it; '' where there is none. A part that is left out (0) means the first. */
  read(at: number, field: number, repetition: number, component: number, subcomponent: number): string {
    const span = this.field(at, field);
    if (!span || span.from === span.to) return '';
    if (this.isOpaque(at, field)) {
      return repetition <= 1 && component <= 1 && subcomponent <= 1 ? this.plain(span.from, span.to) : '';
    }
    const simple = repetition <= 1 && component <= 1 && subcomponent <= 1 ? this.simple(span) : undefined;
    if (simple !== undefined) return simple;
    const part = this.nth(span, this.delimiters.repetition, this.repetitionCode, repetition || 1);
    return part ? this.readWithin(part, component, subcomponent) : '';
  }

  /** The first value of a field where it is short and has no escapes, as most are: found in one look. */
  private simple({ from, to }: Span): string | undefined {
    const { text, repetitionCode, componentCode, subcomponentCode, escapeCode } = this;
    const near = Math.min(to, from + SHORT);
    for (let i = from; i < near; i++) {
      const code = text.charCodeAt(i);
      if (code === escapeCode) return undefined;
      if (code === componentCode || code === repetitionCode || code === subcomponentCode) return this.plain(from, i);
    }
    return near === to ? this.plain(from, to) : undefined;
  }

  /** Text without escapes, as people read it. */
  plain(from: number, to: number): string {
    const value = this.text.slice(from, to);
    return this.damaged ? value.toWellFormed() : value;
  }

  /** A value of one repetition. */
  readWithin(repetition: Span, component: number, subcomponent: number): string {
    const part = this.leaf(repetition, component, subcomponent);
    return part ? this.readable(part) : '';
  }

  /** Where that value lies; `undefined` where there is none. */
  leaf(repetition: Span, component: number, subcomponent: number): Span | undefined {
    const { delimiters } = this;
    const part = this.nth(repetition, delimiters.component, this.componentCode, component || 1);
    return part && this.nth(part, delimiters.subcomponent, this.subcomponentCode, subcomponent || 1);
  }

  /** The parts of a span in one walk, none of an empty one: to ask for each by its number takes time by the square. */
  *parts(span: Span, separator: string, most = Infinity): Generator<Span> {
    if (span.from === span.to || most < 1) return;
    if (separator === '') {
      yield span;
      return;
    }
    const code = separator.charCodeAt(0);
    let left = most;
    for (let { from } = span; from <= span.to && left > 0; left--) {
      const to = this.seek(separator, code, from, span.to);
      yield { from, to };
      from = to + 1;
    }
  }

  /** The fields of a segment from field 1 on, in one walk. */
  *fields(at: number): Generator<Span> {
    const segment = this.segment(at);
    if (!segment) return;
    const { field } = this.delimiters;
    const first = this.field(at, 1);
    if (!first) return;
    // A header's first field is the separator itself; the second begins behind it (chapter 2, section 2.14.9).
    if (this.isOpaque(at, 1)) yield first;
    for (let from = this.isOpaque(at, 1) ? first.to : first.from; from <= segment.to;) {
      const to = this.seek(field, this.fieldCode, from, segment.to);
      yield { from, to };
      from = to + 1;
    }
  }

  /** The text of a span, unescaped, with what could not be decoded shown as U+FFFD. */
  readable(span: Span): string {
    let value = this.text.slice(span.from, span.to);
    const { escape } = this.delimiters;
    if (escape !== '' && value.includes(escape)) value = unescape(value, this.delimiters, this);
    return this.damaged ? value.toWellFormed() : value;
  }

  /** How many parts a span has, parted by a separator ('' parts nothing). */
  count(span: Span, separator: string): number {
    if (span.from === span.to) return 0;
    if (separator === '') return 1;
    const code = separator.charCodeAt(0);
    let parts = 1;
    for (let at = this.seek(separator, code, span.from, span.to); at < span.to; parts++) {
      at = this.seek(separator, code, at + 1, span.to);
    }
    return parts;
  }

  /** MSH-1 and MSH-2 hold the separators themselves: they have no parts and no escapes. */
  isOpaque(at: number, field: number): boolean {
    return field <= 2 && this.isHeader(this.begins[at] ?? 0);
  }

  private isHeader(from: number): boolean {
    const { text } = this;
    const first = text.charCodeAt(from);
    if (first === 77) return text.charCodeAt(from + 1) === 83 && text.charCodeAt(from + 2) === 72;
    return (first === 70 || first === 66) && HEADERS.has(text.slice(from, from + 3));
  }

  /** The `wanted`th (from 1) of the parts of a span; `undefined` where it has fewer. */
  nth(span: Span, separator: string, code: number, wanted: number): Span | undefined {
    if (separator === '') return wanted === 1 ? span : undefined;
    let { from } = span;
    for (let left = wanted; left > 1; left--) {
      from = this.seek(separator, code, from, span.to) + 1;
      if (from > span.to) return undefined;
    }
    const to = this.seek(separator, code, from, span.to);
    return from === span.from && to === span.to ? span : { from, to };
  }

  /** Where the separator is, or `to`. Never looks behind `to`: a search over the rest of 5 MB for one field is slow. */
  private seek(separator: string, code: number, from: number, to: number): number {
    const { text } = this;
    const near = Math.min(to, from + SHORT);
    for (let i = from; i < near; i++) if (text.charCodeAt(i) === code) return i;
    if (near === to) return to;
    const found = text.slice(near, to).indexOf(separator);
    return found < 0 ? to : near + found;
  }

  /** Notes one more segment; false at the end of the text. CR, LF and CR LF end a segment: empty lines are none. */
  private scan(): boolean {
    const { text, begins, ends } = this;
    for (;;) {
      const from = begins[ends.length];
      if (from === undefined) return false;
      if (this.nextCr === UNSOUGHT) {
        this.nextCr = text.indexOf('\r', from);
        this.nextLf = text.indexOf('\n', from);
      }
      const { nextCr: cr, nextLf: lf } = this;
      const end = cr < 0 ? lf : lf < 0 || cr < lf ? cr : lf;
      const to = end < 0 ? text.length : end;
      const next = end < 0 ? text.length : end + 1;
      if (cr >= 0 && cr < next) this.nextCr = text.indexOf('\r', next);
      if (lf >= 0 && lf < next) this.nextLf = text.indexOf('\n', next);
      if (to > from) {
        ends.push(to);
        if (next < text.length) begins.push(next);
        return true;
      }
      if (next >= text.length) {
        begins.pop();
        return false;
      }
      begins[ends.length] = next;
    }
  }
}

export function isAsciiText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function opaque(field: Span, path: Hl7Path): Span | undefined {
  return path.repetition <= 1 && path.component <= 1 && path.subcomponent <= 1 ? field : undefined;
}
