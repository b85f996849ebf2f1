/** Rule tables over the runtime's API: what an editor needs of one, and what is told of one that is being written. */
import type { RuleValue, TableJudgement } from '../../engine/index.ts';

export interface RuleTableList {
  readonly tables: readonly RuleTableSummary[];
}

export interface RuleTableSummary {
  readonly definition: string;
  readonly table: string;
  readonly title: string;
  readonly version: string;
  readonly rows: number;
  readonly hitPolicy: string;
  readonly tests: number;
}

export interface RuleTableDetail {
  readonly definition: string;
  readonly table: string;
  readonly version: string;
  /** False behind the gate: there only a release changes it. */
  readonly writable: boolean;
  /** Whose messages come to its definition. */
  readonly feeds: readonly string[];
  /** The file, parsed; the order of its keys is kept. */
  readonly content: unknown;
}

/** `content`: the table as it stands in the editor; `trial`: inputs by name, as a person types them. */
export interface RuleTableCheck {
  readonly content: unknown;
  readonly trial?: Readonly<Record<string, RuleValue>>;
}

export type RuleTableReport = TableJudgement;

/**
 * POST /rule-tables/:definition/:table/sample-values: what the table's expressions find in a message that is pinned to a feed of
 * the definition. Clinical values: for who may read bodies, and recorded as a look. `use`: as in POST /samples/:id/look.
 */
export interface SampleValuesWish {
  readonly content: unknown;
  readonly message: string;
  readonly use: string;
}

export interface SampleValues {
  /** One for each event that is derived from the message, at most 20. */
  readonly events: readonly {
    readonly event: string;
    readonly inputs: Readonly<Record<string, RuleValue>>;
    readonly missing: readonly string[];
    /** Catalogue code, where an expression failed: values behind it are not there. */
    readonly error: string | null;
  }[];
  readonly more: number;
}

/** `base`: the version that the change was made from. */
export interface RuleTableSave {
  readonly content: unknown;
  readonly base: string;
}

export interface RuleTableCoverage {
  /** Messages looked at, the newest of the definition, and since when they came. */
  readonly messages: number;
  readonly since: number | null;
  readonly decisions: number;
  /** By the version of the table, the most frequent first. */
  readonly versions: readonly { readonly version: string; readonly decisions: number }[];
  /** Rows of the table as it is now that fired, by whichever version. */
  readonly rows: readonly { readonly row: string; readonly fired: number; readonly last: number }[];
  /** No row matched. */
  readonly none: number;
  readonly errors: number;
}
