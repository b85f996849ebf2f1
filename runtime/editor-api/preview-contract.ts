/**
 * What the forms of nodes ask of their runtime, below `EDITOR_API`, with the person's session: names of HL7 paths, and what a
 * node's settings come to on a sample message. Problems are RFC 9457, as in `api/contract.ts`.
 */
import type { PathSuggestion, UnmappedReason } from '../../engine/index.ts';

export type { PathSuggestion, UnmappedReason };

/** GET /hl7/paths?typed=<what stands in the field>&version=<MSH-12; default 2.5.1> */
export interface PathAnswer {
  /** Whose names these are. */
  readonly version: string;
  readonly suggestions: readonly PathSuggestion[];
  /** What was typed, where it is a whole path; names are '' where the dictionary knows none. */
  readonly exact: { readonly path: string; readonly name: string; readonly type: string } | null;
}

/** GET /samples?feed=<name>&node=<id of the tab> */
export interface SampleList {
  readonly samples: readonly SampleChoice[];
  /** Why the pinned ones are not among them, where they are not. */
  readonly withheld: { readonly title: string; readonly remedy: string } | null;
}
export interface SampleChoice {
  /** `file:<definition>/<file name>` or `pinned:<message id>`. */
  readonly id: string;
  readonly name: string;
  /** `file`: synthetic, of a definition. `pinned`: a message that came. */
  readonly kind: 'file' | 'pinned';
  /** The definition, or who pinned it. */
  readonly from: string;
  /** `ORU^R01`; '' where that cannot be read. */
  readonly type: string;
  /** Its body was removed by retention. */
  readonly gone: boolean;
}

/** POST /preview */
export interface PreviewWish {
  readonly sample: string;
  /** Made anew each time a sample is chosen: looks at a pinned one are recorded once for each. */
  readonly use: string;
  readonly feed: string | null;
  /** Id of the node's tab. */
  readonly tab: string | null;
  readonly node: { readonly type: string; readonly config: Readonly<Record<string, unknown>> };
}

export interface PreviewAnswer {
  readonly message: {
    readonly type: string;
    /** MSH-12. */
    readonly version: string;
    /** Clinical facts derived from it: expressions see the first. */
    readonly events: number;
  };
  readonly rows: readonly ShownRow[];
  /** What the node's edits change; `null`: it makes none. */
  readonly changes: MessageChanges | null;
  /** What it becomes in FHIR; `null`: the node makes none. */
  readonly conversion: ConversionShown | null;
}

/** A message and what it becomes, so that each value can be followed to the other side. Cut where a form ends. */
export interface ConversionShown {
  /** Name of the mapping; `null`: the minimal bundle. */
  readonly mapping: string | null;
  readonly segments: readonly {
    /** `PID`, `OBX[3]`. */
    readonly label: string;
    readonly fields: readonly ShownField[];
  }[];
  readonly resources: readonly {
    /** `Patient[0]`. */
    readonly place: string;
    readonly values: readonly ShownTarget[];
  }[];
  readonly unmapped: readonly { readonly source: string; readonly name: string; readonly reason: UnmappedReason }[];
  /** Segments, values and reports that are not shown. */
  readonly more: { readonly segments: number; readonly values: number; readonly unmapped: number };
}
export interface ShownField {
  /** `PID-5`. */
  readonly path: string;
  readonly name: string;
  readonly text: string;
  /** Something of it is in the bundle. */
  readonly told: boolean;
}
export interface ShownTarget {
  /** In its resource: `name[0].family`. */
  readonly element: string;
  readonly text: string;
  /** `PID-5[1].1`; `null`: the mapping states it. */
  readonly source: string | null;
  /** `PID-5`: the field that it came from. */
  readonly field: string | null;
  /** The code map it went through. */
  readonly map: string | null;
}

export interface ShownRow {
  readonly field: string;
  readonly label: string | null;
  readonly path: string | null;
  /** `Patient Identifier List, Assigning Authority`; '' where there is no path, or no name. */
  readonly name: string;
  readonly before: string | null;
  readonly value: ShownValue;
  /** The same was done at so many more places. */
  readonly more: number;
  /** Nothing of it is done on this message. */
  readonly skipped: boolean;
  readonly problem: { readonly title: string; readonly remedy: string } | null;
}

/** `null`: HL7's own, two quotes: "delete this value". */
export interface ShownValue {
  readonly state: 'value' | 'empty' | 'null';
  /** Text as it is, everything else as JSON; cut. */
  readonly text: string;
  readonly cut: boolean;
}

export interface MessageChanges {
  /** The segments are of a message that the node makes; otherwise of the sample, with what the node changes in it. */
  readonly made: boolean;
  readonly segments: readonly SegmentChange[];
  /** Changed segments that are not shown. */
  readonly more: number;
}
/** Cut to the part that differs, with some characters around it. */
export interface SegmentChange {
  /** `PID`, with its number where there are several: `OBX[3]`. */
  readonly place: string;
  readonly before: string | null;
  readonly after: string | null;
}
