/** What of a message was taken, so that the rest can be told. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { CodeMap } from './code-map.ts';
import { componentBit, type CompiledMapping } from './compiled.ts';
import type { Unmapped, UnmappedReason } from './conversion.ts';
import type { MessageSegment } from './segment-tree.ts';
import type { Value } from './value.ts';

/** A list that nobody can read to its end; beyond it the message is not understood as a whole. */
const MOST_UNMAPPED = 2_000;
const FIELDS = 1_000;
const ALL = -1;

export class Coverage {
  /** By segment and field, the components taken of each repetition, as bits. */
  readonly #taken = new Map<number, number[]>();
  readonly #reports = new Map<string, Unmapped>();

  take({ segment, field, repetition, component }: Value, part: number): void {
    const bits = component > 0 ? componentBit(component) : part === 0 ? ALL : componentBit(part);
    const key = segment.at * FIELDS + field;
    const taken = this.#taken.get(key);
    if (taken) taken[repetition - 1] = (taken[repetition - 1] ?? 0) | bits;
    else {
      const first: number[] = [];
      first[repetition - 1] = bits;
      this.#taken.set(key, first);
    }
  }

  report(value: Value, part: number, reason: UnmappedReason, map?: CodeMap): void {
    this.take(value, part);
    this.#add(value.path(part), reason, map);
  }

  say(source: string, reason: UnmappedReason): void {
    this.#add(source, reason);
  }

  #add(source: string, reason: UnmappedReason, map?: CodeMap): void {
    const key = `${source} ${reason}`;
    if (this.#reports.size >= MOST_UNMAPPED || this.#reports.has(key)) return;
    const policy = map?.file.unmapped === 'quarantine' ? 'quarantine' : 'report';
    this.#reports.set(key, { source, reason, map: map?.name ?? null, policy });
  }

  /** What was reported, then everything that the message states and nothing took. */
  finish(message: Hl7Message, segments: readonly MessageSegment[], mapping: CompiledMapping): readonly Unmapped[] {
    for (const segment of segments) this.#rest(message, segment, mapping);
    return [...this.#reports.values()];
  }

  #rest(message: Hl7Message, segment: MessageSegment, mapping: CompiledMapping): void {
    const ignored = mapping.ignored.get(segment.name);
    if (ignored?.get(0) === ALL) return;
    const { source } = message;
    const { repetition: between } = source.delimiters;
    const known = mapping.segments.has(segment.name);
    let field = 0;
    for (const span of source.fields(segment.at)) {
      field++;
      if (span.from === span.to || source.isOpaque(segment.at, field)) continue;
      const taken = this.#taken.get(segment.at * FIELDS + field);
      const skipped = ignored?.get(field) ?? 0;
      if (skipped === ALL) continue;
      const raw = source.text.slice(span.from, Math.min(span.to, span.from + 3));
      if (raw === '""') {
        this.#add(`${segment.label}-${field}`, 'value-deleted');
        continue;
      }
      const parts = source.delimiters.component;
      let repetition = 0;
      for (const one of source.parts(span, between)) {
        const bits = (taken?.[repetition++] ?? 0) | skipped;
        if (bits === ALL || one.from === one.to) continue;
        const left = this.#left(source, one, parts, bits);
        if (left.length === 0) continue;
        if (!known) {
          this.#add(`${segment.name}[${segment.occurrence}]`, 'no-mapping');
          return;
        }
        if (!taken && skipped === 0) {
          this.#add(`${segment.label}-${field}`, 'no-mapping');
          break;
        }
        const place = `${segment.label}-${field}[${repetition}]`;
        if (bits === 0) this.#add(place, 'no-mapping');
        else for (const component of left) this.#add(`${place}.${component}`, 'no-mapping');
        if (this.#reports.size >= MOST_UNMAPPED) return;
      }
    }
  }

  /** Components that say something and were not taken. */
  #left(
    source: Hl7Message['source'],
    repetition: { readonly from: number; readonly to: number },
    separator: string,
    bits: number,
  ): readonly number[] {
    const left: number[] = [];
    let component = 0;
    for (const { from, to } of source.parts(repetition, separator)) {
      component++;
      if (from === to || (bits & componentBit(component)) !== 0) continue;
      const text = source.text.slice(from, to).trim();
      if (text !== '' && text !== '""') left.push(component);
    }
    return left;
  }
}
