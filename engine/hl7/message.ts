import { withChanges, type Hl7Change } from './change.ts';
import { buildSource, type MessageToBuild } from './build.ts';
import { withRaw, withSegment, withValue } from './edit.ts';
import { fieldsOf, MOST_SHOWN, rowsOf, type Hl7Fields, type Hl7Row } from './fields.ts';
import { linesOf } from './formatted-text.ts';
import type { Hl7Group } from './group.ts';
import { groupsOf } from './groups-of.ts';
import { ordersOf, type Hl7Order } from './orders.ts';
import { parsePath } from './path.ts';
import { readSource, type ParseOptions } from './read-bytes.ts';
import { refusal } from './refuse.ts';
import { Hl7Segment, readAll } from './segment.ts';
import type { Hl7Source } from './source.ts';
import { structureNamed, structureOf } from './structure.ts';

/** What a message looks like in JSON: for people and the debug sidebar, not for a round trip. */
export interface Hl7Json {
  readonly type: string;
  readonly controlId: string;
  readonly charset: string;
  readonly segments: readonly Hl7Row[];
  /** There is more than is shown. */
  readonly truncated?: true;
}

/**
 * An HL7 v2 message as it lies: nothing is parsed before it is asked for, and whatever is not set stays byte for byte.
 *
 *     message.get('PID-3.1')       value, unescaped; '' where there is none; HL7 null stays `""`
 *     message.get('PID-3[2].4.2')  second repetition, fourth component, second subcomponent
 *     message.get('OBX[3]-5')      of the third OBX
 *
 * Everything counts from 1. A part that a path leaves out means the first one when reading (what the standard asks of a
 * receiver that knows a field by an older, simpler type): `get('PID-5')` is `get('PID-5.1.1')`; `raw('PID-5')` gives
 * the whole. When setting it means the whole: `set('PID-5', 'DOE')` replaces the field with all its repetitions.
 *
 * Two own properties, no private ones: Node-RED clones messages property by property at every fan-out, and both of
 * these are immutable and passed on by reference. `set` replaces them, so that a branch never sees another's edit.
 */
export class Hl7Message {
  source: Hl7Source;
  fields: Hl7Fields;

  private constructor(source: Hl7Source) {
    this.source = source;
    this.fields = fieldsOf(source);
  }

  /** Reads bytes as received (character set from a byte order mark, MSH-18 or the fallback) or text. Throws hl7-*. */
  static parse(input: Uint8Array | string, options?: ParseOptions): Hl7Message {
    return new Hl7Message(readSource(input, options));
  }

  static of(source: Hl7Source): Hl7Message {
    return new Hl7Message(source);
  }

  /** A new message of values, escaped: see MessageToBuild. Throws hl7-* with the place of the value that is wrong. */
  static build(message: MessageToBuild): Hl7Message {
    return new Hl7Message(buildSource(message));
  }

  get(path: string): string {
    const { segment, occurrence, field, repetition, component, subcomponent } = parsePath(path);
    const { source } = this;
    const at = source.find(segment, occurrence || 1);
    return at < 0 ? '' : source.read(at, field, repetition, component, subcomponent);
  }

  /** One value for each repetition; without an occurrence, of each segment of that name. */
  getAll(path: string): string[] {
    const parsed = parsePath(path);
    const { source } = this;
    if (parsed.occurrence > 0) {
      const at = source.find(parsed.segment, parsed.occurrence);
      return at < 0 ? [] : [...readAll(source, at, parsed)];
    }
    const values: string[] = [];
    for (const segment of this.segments(parsed.segment)) {
      for (const value of readAll(source, segment.at, parsed)) values.push(value);
    }
    return values;
  }

  /** Formatted text (data type FT) as plain lines, of each repetition unless the path says which: `lines('OBX[3]-5')`. */
  lines(path: string): string[] {
    const { segment, occurrence, ...within } = parsePath(path);
    const at = this.source.find(segment, occurrence || 1);
    return at < 0 ? [] : linesOf(this.source, at, within);
  }

  /** The text as it stands, separators and escapes included: `raw('MSH-9')` is `ADT^A01`. */
  raw(path: string): string {
    const parsed = parsePath(path);
    const { source } = this;
    const at = source.find(parsed.segment, parsed.occurrence || 1);
    const span = at < 0 ? undefined : source.part(at, parsed);
    return span ? source.text.slice(span.from, span.to).toWellFormed() : '';
  }

  /** The sender said "delete this value": HL7 null, two quotes. Not the same as a missing value. */
  isNull(path: string): boolean {
    return this.get(path) === '""';
  }

  /** Sets a value, escaping what would change the message's shape. Returns the message. */
  set(path: string, value: string | number): this {
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new TypeError(`set('${path.slice(0, 40)}') takes a string or a number, not ${typeof value}`);
    }
    return this.become(withValue(this.source, path, String(value)));
  }

  /** Sets text that brings its own separators: `setRaw('PID-5', 'DOE^JANE')`. */
  setRaw(path: string, text: string): this {
    return this.become(withRaw(this.source, path, text));
  }

  /** Adds an empty segment, after the last segment named `after` or at the end. */
  addSegment(name: string, after?: string): this {
    return this.become(withSegment(this.source, name, after));
  }

  /** Several edits at once, each found in the message as it is before any of them (change.ts). Returns the message. */
  change(changes: readonly Hl7Change[]): this {
    return this.become(withChanges(this.source, changes));
  }

  *segments(name?: string): Generator<Hl7Segment> {
    const { source } = this;
    for (let at = 0; source.segment(at); at++) {
      if (name === undefined || source.nameOf(at) === name) yield new Hl7Segment(source, at);
    }
  }

  segment(name: string, occurrence = 1): Hl7Segment | undefined {
    const at = this.source.find(name, occurrence);
    return at < 0 ? undefined : new Hl7Segment(this.source, at);
  }

  /**
   * The message as the standard groups it (group.ts): by MSH-9.3, by code and event where that is no structure, or by the
   * structure that is named, such as `ORU_R01`. Never refuses: what has no place is seen by `unplaced()`.
   */
  structure(named?: string): Hl7Group {
    const version = this.get('MSH-12');
    if (named !== undefined) return groupsOf(this.source, structureNamed(named, version));
    const [code, event, stated] = [this.get('MSH-9.1'), this.get('MSH-9.2'), this.get('MSH-9.3')];
    return groupsOf(this.source, structureOf(code, event, stated, version));
  }

  /** All groups of that name: `groups('ORDER_OBSERVATION')`. */
  groups(name: string): Generator<Hl7Group> {
    return this.structure().groups(name);
  }

  /** The orders of a result message, each with its OBR, its ORC and its OBX segments. */
  orders(): Generator<Hl7Order> {
    return ordersOf(this);
  }

  /** MSH-9 as `ADT^A01`; `ORU` where the sender states no trigger; '' without MSH-9. */
  get type(): string {
    const [code, trigger] = [this.get('MSH-9.1'), this.get('MSH-9.2')];
    return trigger === '' ? code : `${code}^${trigger}`;
  }

  get controlId(): string {
    return this.get('MSH-10');
  }

  /** Name of the character set that the bytes are in. */
  get charset(): string {
    return this.source.charset.name;
  }

  toString(): string {
    const { source } = this;
    return source.damaged ? source.text.toWellFormed() : source.text;
  }

  /** The bytes: as received but for what was set. Throws hl7-not-in-charset for text that MSH-18 cannot carry. */
  toBytes(): Buffer {
    const { source } = this;
    const bytes = source.encode();
    if (!bytes) throw refusal('hl7-not-in-charset', 'MSH-18', { charset: source.charset.name });
    return bytes;
  }

  toJSON(): Hl7Json {
    const { type, controlId, charset } = this;
    const { rows, truncated } = rowsOf(this.source, false, { most: MOST_SHOWN });
    return { type, controlId, charset, segments: rows, ...(truncated && { truncated }) };
  }

  clone(): Hl7Message {
    return new Hl7Message(this.source);
  }

  /** For logs that print whatever they are given: what kind of message, nothing of its content. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Hl7Message { ${this.type}, ${this.source.text.length} characters }`;
  }

  private become(source: Hl7Source): this {
    this.source = source;
    this.fields = fieldsOf(source);
    return this;
  }
}
