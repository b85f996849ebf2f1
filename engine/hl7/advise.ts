/**
 * What is worth a look in a message, by the standard of its version. It never refuses a message, names places and never
 * values, and takes a bounded time whatever comes.
 */
import type { Hl7Advice, Hl7Dictionary, PartEntry, SegmentEntry } from './dictionary-contract.ts';
import { HL7_VERSIONS } from './dictionary-data.ts';
import { dictionaryOf, versionsOf, withdrawnSince } from './dictionary.ts';
import type { Hl7Message } from './message.ts';
import { isCoded, missingFromTable } from './table-meaning.ts';
import type { Hl7Source, Span } from './source.ts';

export interface AdviseOptions {
  /** How many at most; default 200. The same said of one field of many segments counts once, with how many more there are. */
  readonly most?: number;
}

/** Values are looked at up to here: more than any message that people read has, few enough to take less than a second. */
const MOST_PARTS = 400_000;
/** A segment of a million fields is no segment: what lies so far behind the known ones is not looked at. */
const MOST_FIELDS = 500;
const MOST_REPETITIONS = 200;
const MOST_COMPONENTS = 100;
const SEGMENT_NAME = /^[A-Z][A-Z0-9]{2}$/;

export function adviseOn(message: Hl7Message, { most = 200 }: AdviseOptions = {}): Hl7Advice[] {
  const adviser = new Adviser(message, most);
  adviser.look();
  return adviser.all();
}

type Found = { -readonly [Key in keyof Hl7Advice]: Hl7Advice[Key] };

/** `once`: the same said of one field of many segments is one; `each`: every place by itself. */
export class Adviser {
  private readonly source: Hl7Source;
  private readonly dictionary: Hl7Dictionary;
  private readonly most: number;
  private readonly mode: 'once' | 'each';
  /** By what is said of which place of the standard. */
  private readonly found = new Map<string, Found>();
  private left = MOST_PARTS;
  /** The segment that is looked at: `OBX[3]`. */
  private at = 0;
  private place = '';
  private name = '';
  private varying = '';

  constructor(message: Hl7Message, most: number, mode: 'once' | 'each' = 'once') {
    this.source = message.source;
    this.most = most;
    this.mode = mode;
    this.dictionary = dictionaryOf(message.get('MSH-12'));
  }

  all(): Hl7Advice[] {
    return [...this.found.values()];
  }

  /** Looks at the segments from the first on; gives how many it came to before it was enough. */
  look(): number {
    const occurrences = new Map<string, number>();
    let at = 0;
    for (; this.left > 0 && this.source.segment(at); at++) {
      const name = this.source.nameOf(at);
      const occurrence = (occurrences.get(name) ?? 0) + 1;
      if (SEGMENT_NAME.test(name)) occurrences.set(name, occurrence);
      this.lookAt(at, occurrence);
    }
    return at;
  }

  /** @param occurrence of the segment among those of its name, from 1 */
  lookAt(at: number, occurrence: number): void {
    if (--this.left <= 0) return;
    this.at = at;
    this.name = this.source.nameOf(at);
    if (!SEGMENT_NAME.test(this.name)) {
      this.say('unknown-segment', `line ${at + 1}`, 'line', "This line does not begin with a segment's name.");
      return;
    }
    const { name, dictionary } = this;
    this.place = occurrence === 1 ? name : `${name}[${occurrence}]`;
    const entry = dictionary.segment(name);
    if (entry) this.fields(entry);
    else if (!name.startsWith('Z') && this.isComplete())
      this.say('unknown-segment', this.place, name, this.unknown(name));
  }

  /** A newer version has segments, fields and values that the dictionary cannot know: silence is better than a wrong word. */
  private isComplete(): boolean {
    return this.dictionary.standsInFor === null;
  }

  private fields(entry: SegmentEntry): void {
    let number = 0;
    this.varying = '';
    for (const span of this.source.fields(this.at)) {
      number++;
      if (--this.left <= 0 || number > MOST_FIELDS) return;
      if (this.source.isOpaque(this.at, number)) continue;
      const field = entry.fields[number - 1];
      if (entry.name === 'OBX' && number === 2) this.varying = this.source.readable(shortest(span, 8));
      if (field) this.field(field, span);
      else if (span.from < span.to && this.isComplete()) {
        const place = `${this.name}-${number}`;
        this.say('unknown-field', `${this.place}-${number}`, place, this.unknown(this.name, number));
      }
    }
    for (const field of entry.fields.slice(number)) this.field(field, { from: 0, to: 0 });
  }

  private field(field: PartEntry, span: Span): void {
    const path = `${this.place}-${field.position}`;
    const key = `${this.name}-${field.position}`;
    if (span.from === span.to) {
      if (field.optionality === 'R') this.say('required-empty', path, key, `${field.name} is required and empty.`);
      return;
    }
    if (this.isNull(span)) return;
    if (field.optionality === 'W') {
      // Its parts follow the rules of older versions: nothing more is said of them.
      this.say(
        'withdrawn',
        path,
        key,
        `${field.name} was withdrawn from the standard with version ${this.since(field)}.`,
      );
      return;
    }
    const { repetition } = this.source.delimiters;
    const times = this.source.count(span, repetition);
    if (field.repeats !== null && times > field.repeats) {
      const rule = field.repeats === 1 ? 'may not repeat' : `may stand ${field.repeats} times at most`;
      this.say('too-often', path, key, `${field.name} ${rule}.`);
    }
    let number = 0;
    for (const part of this.source.parts(span, repetition, MOST_REPETITIONS)) {
      number++;
      this.value(field, part, times === 1 ? path : `${path}[${number}]`, key, 0);
      if (this.left <= 0) return;
    }
  }

  /** A repetition (depth 0), a component (1) or a subcomponent (2). */
  private value(part: PartEntry, span: Span, path: string, key: string, depth: number): void {
    this.left--;
    if (span.from === span.to || this.isNull(span)) return;
    const type = this.typeOf(part);
    if (type === undefined) return;
    const { components } = type;
    const separator = depth === 0 ? this.source.delimiters.component : this.source.delimiters.subcomponent;
    if (components.length === 0 || depth === 2) this.primitive(part, span, path, key, depth);
    else this.components(part, components, span, path, key, depth, separator);
  }

  private components(
    part: PartEntry,
    components: readonly PartEntry[],
    span: Span,
    path: string,
    key: string,
    depth: number,
    separator: string,
  ): void {
    let number = 0;
    let first = '';
    for (const inner of this.source.parts(span, separator, MOST_COMPONENTS)) {
      number++;
      if (this.left <= 0) return;
      const component = components[number - 1];
      if (component) {
        if (number === 1) first = `${path}.1`;
        const [below, of] = [`${path}.${number}`, `${key}.${number}`];
        if (inner.from === inner.to) this.emptyComponent(component, part, below, of);
        else if (component.optionality === 'W') this.withdrawnComponent(component, part, below, of);
        else this.value(component, inner, below, of, depth + 1);
      } else if (inner.from < inner.to && this.isComplete()) {
        this.tooFar(part, `${path}.${number}`, key);
      }
    }
    for (const component of components.slice(number)) {
      this.emptyComponent(component, part, `${path}.${component.position}`, `${key}.${component.position}`);
    }
    if (first !== '' && isCoded(part.type)) this.coded(part, span, separator, first, key);
  }

  private emptyComponent(component: PartEntry, part: PartEntry, path: string, key: string): void {
    if (component.optionality !== 'R') return;
    this.say('required-empty', path, key, `${component.name} of ${part.name} is required and empty.`);
  }

  private withdrawnComponent(component: PartEntry, part: PartEntry, path: string, key: string): void {
    this.say('withdrawn', path, key, `${component.name} of ${part.name} was withdrawn from the standard.`);
  }

  private primitive(part: PartEntry, span: Span, path: string, key: string, depth: number): void {
    const { delimiters } = this.source;
    const separator = depth === 0 ? delimiters.component : depth === 1 ? delimiters.subcomponent : '';
    const [first = span] = this.source.parts(span, separator, 1);
    if (first.to < span.to && this.isComplete()) {
      // Trailing separators say nothing: a later version may have given the part components (chapter 2, 2.10.2).
      const rest = this.source.text.slice(first.to, Math.min(span.to, first.to + MOST_COMPONENTS));
      if (rest.replaceAll(separator, '') !== '') this.tooFar(part, path, key);
    }
    this.inTable(part, first, path, key);
  }

  /** The first component of a coded element, where it names no other coding system, is of the field's table. */
  private coded(part: PartEntry, span: Span, separator: string, path: string, key: string): void {
    const [code, , system] = [...this.source.parts(span, separator, 3)];
    const stated = system ? this.source.readable(shortest(system, 12)) : '';
    if (code && (stated === '' || stated === `HL7${part.table ?? ''}`)) this.inTable(part, code, path, key);
  }

  private inTable(part: PartEntry, span: Span, path: string, key: string): void {
    if (part.table === null || span.from === span.to || !this.isComplete()) return;
    const table = this.dictionary.table(part.table);
    if (table?.kind !== 'hl7' || table.values.size === 0) return;
    if (missingFromTable(table, this.source.readable(shortest(span, 80)))) {
      this.say(
        'not-in-table',
        path,
        key,
        `${part.name} has a value that HL7 table ${table.id} (${table.title}) does not list.`,
      );
    }
  }

  private typeOf(part: PartEntry) {
    return this.dictionary.type(part.type === 'VARIES' ? this.varying : part.type);
  }

  private isNull({ from, to }: Span): boolean {
    return to - from === 2 && this.source.text.startsWith('""', from);
  }

  private tooFar(part: PartEntry, path: string, key: string): void {
    const { version } = this.dictionary;
    const type = part.type === 'VARIES' ? this.varying : part.type;
    this.say(
      'unknown-component',
      path,
      key,
      `${part.name} has more parts than its type ${type} in version ${version}.`,
    );
  }

  private unknown(name: string, field = 0): string {
    const { version } = this.dictionary;
    const what =
      field === 0 ? `Version ${version} has no segment ${name}` : `${name} has no field ${field} in version ${version}`;
    const having = versionsOf(name, field);
    if (!having) return `${what}.`;
    return HL7_VERSIONS.indexOf(having.from) > HL7_VERSIONS.indexOf(version)
      ? `${what}: it came with ${having.from}.`
      : `${what}: the last to have it is ${having.to}.`;
  }

  private since(field: PartEntry): string {
    return withdrawnSince(this.name, field.position) ?? this.dictionary.version;
  }

  /** `of`: the place of the standard, the same for all occurrences and repetitions. */
  private say(code: Hl7Advice['code'], path: string, of: string, text: string): void {
    const key = `${code} ${this.mode === 'each' ? path : of}`;
    const before = this.found.get(key);
    if (before) before.more = (before.more ?? 0) + 1;
    else if (this.found.size < this.most) this.found.set(key, { code, path, segment: this.at, text });
  }
}

/** To read what is a code takes its beginning only. */
function shortest({ from, to }: Span, most: number): Span {
  return { from, to: Math.min(to, from + most) };
}
