/** A mapping put together with the parts it uses, its paths read and its names looked up. */
import type { CodeMap } from './code-map.ts';
import type { DataTypeEntry } from './data-types/data-types.ts';
import type { Json } from './node.ts';
import type { SourcePath, TargetStep } from './paths.ts';

export type CompiledCondition =
  | { readonly kind: 'is' | 'not'; readonly path: SourcePath; readonly values: ReadonlySet<string> }
  | { readonly kind: 'present'; readonly path: SourcePath; readonly present: boolean }
  | { readonly kind: 'all' | 'any'; readonly of: readonly CompiledCondition[] };

/** Over what something is repeated. */
export type Each =
  | { readonly kind: 'segment' | 'group'; readonly name: string }
  | { readonly kind: 'values'; readonly path: SourcePath };

export type CompiledRule = { readonly when: CompiledCondition | null } & (
  | {
      readonly kind: 'from';
      readonly paths: readonly SourcePath[];
      readonly type: DataTypeEntry;
      readonly map: CodeMap | null;
      readonly table: string | null;
    }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'ref' | 'refs'; readonly id: string }
  | { readonly kind: 'make'; readonly id: string; readonly paths: readonly SourcePath[] }
  | { readonly kind: 'absent'; readonly reason: string }
  | {
      readonly kind: 'set';
      readonly each: Each | null;
      readonly requires: readonly string[];
      readonly set: readonly CompiledSet[];
    }
);

export interface CompiledSet {
  readonly target: readonly TargetStep[];
  readonly rules: readonly CompiledRule[];
}

export interface CompiledResource {
  readonly id: string;
  readonly type: string;
  readonly each: Each | null;
  readonly in: readonly string[] | null;
  readonly made: boolean;
  readonly when: CompiledCondition | null;
  readonly identified: boolean;
  readonly requires: readonly string[];
  readonly set: readonly CompiledSet[];
}

export interface CompiledMapping {
  readonly name: string;
  /** SHA-256 hex over it, the parts it uses and all code maps. */
  readonly version: string;
  readonly source: readonly string[];
  readonly resources: readonly CompiledResource[];
  readonly made: ReadonlyMap<string, CompiledResource>;
  /** Segment -> field (0: all of it) -> components (bits; -1: all). */
  readonly ignored: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Segments that a path names. */
  readonly segments: ReadonlySet<string>;
}

/** Components beyond share a bit: no data type has as many. */
export const componentBit = (component: number): number => 1 << Math.min(component, 30);
