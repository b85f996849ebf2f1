/** What a data type's function is given, and what it gives. */
import type { CodeMap } from '../code-map.ts';
import type { UnmappedReason } from '../conversion.ts';
import { Leaf, type Node } from '../node.ts';
import type { Value } from '../value.ts';

export interface ReadContext {
  readonly zone: string | null;
  /** The code map that the rule names. */
  readonly map: CodeMap | null;
  /** The HL7 table that the rule names. */
  readonly table: string | null;
  /** A code map by its name; a mapping is refused that lacks one which a data type needs. */
  mapNamed(name: string): CodeMap | undefined;
  /** Another field of the same segment, its first repetition. */
  sibling(value: Value, field: number): Value | undefined;
  /** Not told in FHIR, and why. */
  report(value: Value, part: number, reason: UnmappedReason, map?: CodeMap): void;
  /** Understood, and nothing of it needs to be written. */
  see(value: Value, ...parts: readonly number[]): void;
}

/** `undefined`: it says nothing. */
export type DataType = (value: Value, context: ReadContext) => Node | undefined;

/** A part as text. */
export function leaf(value: Value, part = 1): Leaf | undefined {
  const text = value.part(part);
  return text === '' ? undefined : new Leaf(text, value, part);
}

/** A part's code as the map has it. */
export function mapped(
  value: Value,
  part: number,
  map: CodeMap | undefined,
  context: ReadContext,
): { readonly code: Leaf; readonly display: string | undefined } | undefined {
  const text = value.part(part);
  if (text === '') return undefined;
  const row = map?.find(text);
  if (map && row) {
    if (row.to === null) {
      context.see(value, part);
      return undefined;
    }
    const { name, version } = map;
    return { code: new Leaf(row.to, value, part, { name, version, relation: row.relation }), display: row.display };
  }
  context.report(value, part, 'code-unknown', map);
  if (!map || typeof map.file.unmapped === 'string') return undefined;
  const { use, display } = map.file.unmapped;
  return {
    code: new Leaf(use, value, part, { name: map.name, version: map.version, relation: 'default' }),
    display,
  };
}

export const isEmpty = (node: Record<string, Node | undefined>): boolean =>
  Object.values(node).every((one) => one === undefined);
