/**
 * What the forms of nodes ask of their runtime, below `EDITOR_API`, with the person's session: names of HL7 paths, and what a
 * node's settings come to on a sample message. Problems are RFC 9457, as in `api/contract.ts`.
 */
import type { PathSuggestion } from '../../engine/index.ts';

export type { PathSuggestion };

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
