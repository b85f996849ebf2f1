/**
 * What the standard says of segments, fields, data types and tables, for versions 2.1 to 2.7.1. Never a reason to refuse
 * a message: senders stretch the standard, and the dictionary advises people.
 */

/**
 * `R` required, `O` optional, `C` conditional, `W` withdrawn. What the standard marks as conditional before 2.6, or as
 * kept for older versions only, reads `O`: the data's source does not tell them apart.
 */
export type Optionality = 'R' | 'O' | 'C' | 'W';

export interface PartEntry {
  /** From 1. */
  readonly position: number;
  /** `Patient Name` */
  readonly name: string;
  /** Data type: `XPN`; `VARIES` where the message says it elsewhere. Of a withdrawn part the last one that it had. */
  readonly type: string;
  readonly optionality: Optionality;
  /** How often it may stand; `null`: without limit. Components: 1. */
  readonly repeats: number | null;
  /** Four digits: `0001`; `null`: none. */
  readonly table: string | null;
  /** Characters; `null`: not stated. */
  readonly length: number | null;
}

export interface SegmentEntry {
  readonly name: string;
  readonly title: string;
  /** `fields[0]` is field 1. */
  readonly fields: readonly PartEntry[];
}

export interface TypeEntry {
  readonly name: string;
  readonly title: string;
  /** Empty for a primitive type. */
  readonly components: readonly PartEntry[];
}

export interface TableEntry {
  readonly id: string;
  readonly title: string;
  /** `hl7`: values outside it are worth a word; `user`: sites, or registers outside the standard, have values of their own. */
  readonly kind: 'hl7' | 'user';
  /** The values of all versions: the data's source has them once. */
  readonly values: ReadonlyMap<string, string>;
}

export interface Hl7Dictionary {
  /** The version whose names these are. */
  readonly version: string;
  /** The version asked for, where it is newer than 2.7.1 or unknown and `version` stands in for it. */
  readonly standsInFor: string | null;
  segment(name: string): SegmentEntry | undefined;
  type(name: string): TypeEntry | undefined;
  /** `0001` */
  table(id: string): TableEntry | undefined;
  /** Along a path, as far as it is known: `PID-3.4` gives field and component. */
  along(path: string): readonly PartEntry[];
  /** In alphabetical order. */
  segmentNames(): readonly string[];
}

/** Something to look at in a message; PHI-free: places and codes, never values. */
export interface Hl7Advice {
  readonly code:
    | 'unknown-segment'
    | 'unknown-field'
    | 'unknown-component'
    | 'not-in-table'
    | 'required-empty'
    | 'too-often'
    | 'withdrawn';
  /** `PID-8`, `OBX[3]-11`, `PID-3[2].5`; `NTE[2]` for a segment; `line 7` for what has no segment's name. */
  readonly path: string;
  /** Place of the segment among those of the message, from 0. */
  readonly segment: number;
  /** One sentence, with the names of the standard. */
  readonly text: string;
  /** How many further places of this message the same could be said of; left out: none. */
  readonly more?: number;
}

/** What completes what somebody has typed of a path. */
export interface PathSuggestion {
  /** `PID-3.4` */
  readonly path: string;
  /** `Patient Identifier List, Assigning Authority` */
  readonly name: string;
  readonly type: string;
  /** There is more below it. */
  readonly deeper: boolean;
}
