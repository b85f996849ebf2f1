/** Rule tables over the runtime's API: what an editor needs of one, and what is told of one that is being written. */
import type { LintFinding, RuleExplanation, RuleValue, TableProblem } from '../../engine/index.ts';

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
  /** The file, parsed; the order of its keys is kept. */
  readonly content: unknown;
}

/** `content`: the table as it stands in the editor; `trial`: inputs by name, as a person types them. */
export interface RuleTableCheck {
  readonly content: unknown;
  readonly trial?: Readonly<Record<string, RuleValue>>;
}

export interface RuleTableReport {
  /** Why it cannot be used; none: the rest is there. */
  readonly problems: readonly TableProblem[];
  readonly findings: readonly LintFinding[];
  readonly notChecked: readonly string[];
  readonly tests: readonly { readonly name: string; readonly ok: boolean; readonly difference: string | null }[];
  /** Tests that were left out, since all together took too long. */
  readonly testsLeft: number;
  /** What it decides for the definition's own sample messages. */
  readonly samples: readonly SampleDecision[];
  readonly trial: RuleExplanation | null;
}

export interface SampleDecision {
  readonly sample: string;
  /** Name of the event that the decision is of. */
  readonly event: string;
  readonly matched: readonly string[];
  readonly outputs: Readonly<Record<string, RuleValue>> | null;
  readonly missing: readonly string[];
  readonly error: string | null;
  readonly sentence: string;
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
