import { linesOf } from './formatted-text.ts';
import { parseWithin, type Hl7Path } from './path.ts';
import type { Hl7Source } from './source.ts';

/** One segment of a message, read where it lies. Paths leave the segment out: `get('5.1')`; `get('OBX-5.1')` works too. */
export class Hl7Segment {
  readonly source: Hl7Source;
  /** Place among all segments of the message, from 0. */
  readonly at: number;

  constructor(source: Hl7Source, at: number) {
    this.source = source;
    this.at = at;
  }

  get [Symbol.toStringTag](): string {
    return 'Hl7Segment';
  }

  get name(): string {
    return this.source.nameOf(this.at);
  }

  /** Unescaped value, as `Hl7Message.get`. */
  get(path: string | number): string {
    const { field, repetition, component, subcomponent } = this.path(path);
    return this.source.read(this.at, field, repetition, component, subcomponent);
  }

  /** One value for each repetition of the field, of the first `most` where that is said. */
  getAll(path: string | number, most?: number): string[] {
    return [...readAll(this.source, this.at, this.path(path), most)];
  }

  /** Formatted text as plain lines, as `Hl7Message.lines`. */
  lines(path: string | number): string[] {
    return linesOf(this.source, this.at, this.path(path));
  }

  /** The text as it stands, separators and escapes included. */
  raw(path?: string | number): string {
    const span = path === undefined ? this.source.segment(this.at) : this.source.part(this.at, this.path(path));
    return span ? this.source.text.slice(span.from, span.to).toWellFormed() : '';
  }

  /** Number of the last field. */
  get fieldCount(): number {
    const { source, at } = this;
    const span = source.segment(at);
    if (!span) return 0;
    return source.count(span, source.delimiters.field) - (source.isOpaque(at, 1) ? 0 : 1);
  }

  private path(path: string | number): Hl7Path {
    const parsed = parseWithin(String(path));
    const { segment } = parsed;
    if (segment !== '' && segment !== this.name) throw new TypeError(`${this.name} segment was asked for ${segment}`);
    return parsed;
  }
}

/** Walks the field once: a sender decides how many repetitions there are. */
export function* readAll(source: Hl7Source, at: number, path: Hl7Path, most = Infinity): Generator<string> {
  const span = source.field(at, path.field);
  if (!span) return;
  if (path.repetition > 0 || source.isOpaque(at, path.field)) {
    const value = source.read(at, path.field, path.repetition, path.component, path.subcomponent);
    if (value !== '') yield value;
    return;
  }
  for (const repetition of source.parts(span, source.delimiters.repetition, most)) {
    yield source.readWithin(repetition, path.component, path.subcomponent);
  }
}
