/** The public face of rule tables. Format: docs/reference/formats; terms: DMN 1.3 decision tables. */

export type RuleValue = string | number | boolean | null | readonly RuleValue[];
export type HitPolicy = 'UNIQUE' | 'FIRST';

export interface RuleDecision {
  readonly table: string;
  /** SHA-256 hex of the table's canonical JSON. */
  readonly version: string;
  /** ISO 8601 of `now`. */
  readonly at: string;
  readonly inputs: Readonly<Record<string, RuleValue>>;
  /** Ids of the rows that matched, in table order; empty with `otherwise`. */
  readonly matched: readonly string[];
  /** By output name; `null` when no row matched and there is no `otherwise`, or on error. */
  readonly outputs: Readonly<Record<string, RuleValue>> | null;
  /** Inputs absent or of the wrong type. */
  readonly missing: readonly string[];
  readonly deterministic: boolean;
  /** Catalogue code of an error decision (several rows under UNIQUE, outside its effective dates, a failing cell). */
  readonly error: string | null;
  /** One plain sentence: why this came out. */
  readonly sentence: string;
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
  readonly rowCount: number;
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
  /** Runs the table's own tests. */
  runTests(options: {
    readonly now: Date;
  }): Promise<readonly { readonly name: string; readonly ok: boolean; readonly difference: string | null }[]>;
}
