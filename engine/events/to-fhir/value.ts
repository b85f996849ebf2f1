import type { Hl7Source, Span } from '../../hl7/source.ts';
import type { MessageSegment } from './segment-tree.ts';

/** One repetition of a field, or a component of it, read by its parts. HL7 null and blanks read as ''. */
export class Value {
  readonly segment: MessageSegment;
  readonly field: number;
  /** From 1. */
  readonly repetition: number;
  /** 0: the whole repetition. */
  readonly component: number;
  /** The subcomponent that a path named; 0: none. */
  readonly subcomponent: number;
  private readonly source: Hl7Source;
  private readonly span: Span;

  constructor(
    source: Hl7Source,
    segment: MessageSegment,
    field: number,
    repetition: number,
    span: Span,
    component = 0,
    subcomponent = 0,
  ) {
    this.source = source;
    this.segment = segment;
    this.field = field;
    this.repetition = repetition;
    this.span = span;
    this.component = component;
    this.subcomponent = subcomponent;
  }

  /** The first part of it, which is what a receiver that knows a simpler type reads. */
  get text(): string {
    return this.part(1);
  }

  /** A component (of a component: a subcomponent); of a component its first subcomponent. */
  part(part: number, sub = 1): string {
    const { source, span, component, subcomponent } = this;
    const read = (of: number, under: number): string => stated(source.readWithin(span, of, under));
    if (component === 0) return read(part, sub);
    if (subcomponent > 0) return part === 1 ? read(component, subcomponent) : '';
    return read(component, part);
  }

  /** A component as a value of its own, such as the assigning authority of an identifier. */
  within(component: number, subcomponent = 0): Value {
    if (this.component > 0) return this;
    return new Value(this.source, this.segment, this.field, this.repetition, this.span, component, subcomponent);
  }

  /** Nothing is stated. */
  get isEmpty(): boolean {
    const { source, component, subcomponent } = this;
    const span = component === 0 ? this.span : source.leaf(this.span, component, subcomponent);
    return !span || span.from === span.to || stated(source.text.slice(span.from, span.to)) === '';
  }

  /** HL7 path of a part of it (0: the whole). */
  path(part: number): string {
    const { segment, field, repetition, component, subcomponent } = this;
    const place = `${segment.label}-${field}[${repetition}]`;
    if (component === 0) return part === 0 ? place : `${place}.${part}`;
    if (subcomponent > 0) return `${place}.${component}.${subcomponent}`;
    return part <= 1 ? `${place}.${component}` : `${place}.${component}.${part}`;
  }
}

function stated(value: string): string {
  const trimmed = value.trim();
  return trimmed === '""' ? '' : trimmed;
}
