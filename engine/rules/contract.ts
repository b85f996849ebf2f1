/** The public face of rule tables. Format: docs/reference/formats; terms: DMN 1.3 decision tables. */

export type RuleValue = string | number | boolean | null | readonly RuleValue[];
export const HIT_POLICIES = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT'] as const;
export type HitPolicy = (typeof HIT_POLICIES)[number];
/** What COLLECT does with the outputs of the rows that match; `none`: a list of them, in table order. */
export const AGGREGATIONS = ['none', 'SUM', 'MIN', 'MAX', 'COUNT'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export interface RuleDecision {
  readonly table: string;
  /** SHA-256 hex of the table's canonical JSON. */
  readonly version: string;
  /** ISO 8601 of `now`. */
  readonly at: string;
  readonly inputs: Readonly<Record<string, RuleValue>>;
  /**
   * Ids of the rows that matched, in table order (under FIRST the first one, under PRIORITY the one that decides before the
   * others); empty with `otherwise`.
   */
  readonly matched: readonly string[];
  /** By output name; `null` when no row matched and there is no `otherwise`, or on error. */
  readonly outputs: Readonly<Record<string, RuleValue>> | null;
  /** Inputs absent or of the wrong type. */
  readonly missing: readonly string[];
  readonly deterministic: boolean;
  /** Catalogue code of an error decision (several rows under UNIQUE, differing rows under ANY, outside its effective dates, a failing cell). */
  readonly error: string | null;
  /** One plain sentence: why this came out. Made when it is read: JSON has it, a copy by spread does not. */
  readonly sentence: string;
}

/** A row that would have matched for some value of what was missing, and made another decision. */
export interface OpenRow {
  readonly row: string;
  /** Missing inputs that it waits for, by name. */
  readonly missing: readonly string[];
}

/** What missing values leave open in a decision. */
export interface OpenRows {
  readonly count: number;
  /** Inputs that one of them waits for, by name. */
  readonly missing: readonly string[];
  /** The first of them, in table order. */
  readonly rows: readonly OpenRow[];
}

/** A decision with the reasons of every row: made when somebody asks. */
export interface RuleExplanation {
  readonly table: string;
  readonly title: string;
  readonly version: string;
  readonly at: string;
  readonly hitPolicy: HitPolicy;
  readonly aggregation: Aggregation;
  readonly deterministic: boolean;
  readonly inputs: readonly {
    readonly name: string;
    readonly label: string;
    readonly unit: string | null;
    /** `null`: missing or of the wrong type. */
    readonly value: RuleValue;
  }[];
  readonly matched: readonly string[];
  readonly outputs: RuleDecision['outputs'];
  readonly error: string | null;
  readonly sentence: string;
  /** Rows that did not decide: how many, for which columns, and the nearest of them. */
  readonly others: {
    readonly count: number;
    readonly byColumn: readonly { readonly column: string; readonly label: string; readonly rows: number }[];
    /** Fewest failing cells first, then in table order. */
    readonly nearest: readonly RowRefusal[];
  };
}

export interface RowRefusal {
  readonly row: string;
  /** `later`: under FIRST an earlier row had matched. `condition`: an expression of the row did not hold. */
  readonly why: 'cells' | 'condition' | 'not-in-force' | 'later';
  readonly cells: readonly { readonly column: string; readonly cell: string; readonly reason: string }[];
  /** One plain sentence. */
  readonly sentence: string;
}

export interface LintFinding {
  /**
   * `gap`: no row matches and nothing else holds; `gap-missing`: only where something is missing. `overlap`: two rows match,
   * and the hit policy makes that an error. `unreachable`: other rows take all that it matches.
   */
  readonly kind: 'gap' | 'gap-missing' | 'overlap' | 'unreachable' | 'matches-nothing' | 'not-in-force';
  /** Ids; the row that the finding is about comes first. */
  readonly rows: readonly string[];
  /** An input that shows it, by name. */
  readonly sample: Readonly<Record<string, RuleValue>> | null;
  /** When it is so, where rows have dates. */
  readonly at: string | null;
  /** One sentence, without a full stop. */
  readonly text: string;
}

export interface RuleLint {
  readonly findings: readonly LintFinding[];
  /** Sentences: what was not looked at, and why. */
  readonly notChecked: readonly string[];
}

export interface RuleTestResult {
  readonly name: string;
  readonly ok: boolean;
  /** What is not as the test expects; `null`: nothing. */
  readonly difference: string | null;
  /** Ids of the rows that answered; none: what holds otherwise, or nothing. */
  readonly matched: readonly string[];
  /** Catalogue code of an error decision. */
  readonly error: string | null;
}

export interface RuleTable {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly label: string;
    readonly expression: string;
    readonly type: string;
    readonly unit?: string;
  }[];
  readonly outputs: readonly { readonly name: string; readonly type: string; readonly values?: readonly RuleValue[] }[];
  readonly hitPolicy: HitPolicy;
  /** Under COLLECT. */
  readonly aggregation: Aggregation;
  readonly rowCount: number;
  readonly rowIds: readonly string[];
  readonly testCount: number;
  /** A Promise only where a cell is JSONata. Values are taken by input name, as in the table's tests. */
  decide(
    input: Readonly<Record<string, unknown>>,
    options: { readonly now: Date },
  ): RuleDecision | Promise<RuleDecision>;
  /** Evaluates the inputs' JSONata expressions over `{ event, message, now }`, then decides. */
  decideFor(
    context: { readonly event: unknown; readonly message: unknown },
    options: { readonly now: Date },
  ): Promise<RuleDecision>;
  /**
   * What missing values leave open in a decision of this table; nothing where it is an error. An expression over a missing
   * value counts as one that could hold. `most` of the rows are named, ten if not said.
   */
  openRows(
    decision: Pick<RuleDecision, 'inputs' | 'matched' | 'outputs' | 'error'>,
    options: { readonly now: Date; readonly most?: number },
  ): Promise<OpenRows>;
  /** The same decision, with why the other rows did not decide. `most` of them are named, 50 if not said. */
  explain(
    input: Readonly<Record<string, unknown>>,
    options: { readonly now: Date; readonly most?: number },
  ): Promise<RuleExplanation>;
  /**
   * Gaps, overlaps and rows that never decide, from `now` on. Takes up to some seconds for thousands of rows.
   * @param options.work most comparisons; a large table is not checked to its end, and says so
   */
  lint(options: { readonly now: Date; readonly work?: number }): RuleLint;
  /** Runs the table's own tests, as long as `goesOn` says so. */
  runTests(options: {
    readonly now: Date;
    readonly goesOn?: () => boolean | Promise<boolean>;
  }): Promise<readonly RuleTestResult[]>;
}
