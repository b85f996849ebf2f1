/** The values that paths of a mapping name, found from a place in the message and kept for the next who asks. */
import type { Hl7Message } from '../../hl7/message.ts';
import type { CompiledCondition } from './compiled.ts';
import { conversionErrors } from './errors.ts';
import type { SourcePath } from './paths.ts';
import { nearestSegment, type MessageGroup, type MessageSegment } from './segment-tree.ts';
import { Value } from './value.ts';

/** Where a path is read from. */
export interface Scope {
  readonly group: MessageGroup;
  readonly segment: MessageSegment | undefined;
  readonly value: Value | undefined;
}

/** A report has a repetition for each of its lines. */
const MOST_REPETITIONS = 2_000;
const FIELDS = 1_000;

export class MessageValues {
  readonly #message: Hl7Message;
  readonly #fields = new Map<number, readonly Value[]>();

  constructor(message: Hl7Message) {
    this.#message = message;
  }

  /** Values that say something, at most one for each repetition. */
  at(path: SourcePath, scope: Scope): readonly Value[] {
    if (path.segment === null) {
      const value = scope.value && narrowed(scope.value, path);
      return value && !value.isEmpty ? [value] : [];
    }
    const segment = scope.segment?.name === path.segment ? scope.segment : nearestSegment(scope.group, path.segment);
    if (!segment) return [];
    const all = this.repetitions(segment, path.field);
    const wanted = path.repetition === 0 ? all : all.filter(({ repetition }) => repetition === path.repetition);
    if (path.component === 0) return wanted;
    return wanted.map((value) => narrowed(value, path)).filter((value) => !value.isEmpty);
  }

  /** Of a field, those that say something. */
  repetitions(segment: MessageSegment, field: number): readonly Value[] {
    const key = segment.at * FIELDS + field;
    const known = this.#fields.get(key);
    if (known) return known;
    const { source } = this.#message;
    const span = source.field(segment.at, field);
    const values: Value[] = [];
    if (span && span.from < span.to && !source.isOpaque(segment.at, field)) {
      let repetition = 0;
      for (const one of source.parts(span, source.delimiters.repetition)) {
        if (++repetition > MOST_REPETITIONS)
          throw conversionErrors.create('conversion-too-many-repetitions', {
            field: `${segment.name}-${field}`,
            most: MOST_REPETITIONS,
          });
        const value = new Value(source, segment, field, repetition, one);
        if (!value.isEmpty) values.push(value);
      }
    }
    this.#fields.set(key, values);
    return values;
  }

  holds(condition: CompiledCondition | null, scope: Scope): boolean {
    if (condition === null) return true;
    switch (condition.kind) {
      case 'all':
        return condition.of.every((one) => this.holds(one, scope));
      case 'any':
        return condition.of.some((one) => this.holds(one, scope));
      case 'present':
        return this.at(condition.path, scope).length > 0 === condition.present;
      case 'is':
        return this.at(condition.path, scope).some(({ text }) => condition.values.has(text));
      case 'not':
        return !this.at(condition.path, scope).some(({ text }) => condition.values.has(text));
      default:
        return condition satisfies never;
    }
  }
}

function narrowed(value: Value, { component, subcomponent }: SourcePath): Value {
  return component === 0 ? value : value.within(component, subcomponent);
}
