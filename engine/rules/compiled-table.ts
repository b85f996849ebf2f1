/** A table as `compile.ts` makes it and `decide.ts` uses it. Frozen in meaning: nothing here changes after compilation. */
import type { Cell } from './cell.ts';
import type { ColumnIndex } from './column-index.ts';
import type { Aggregation, HitPolicy, RuleValue } from './contract.ts';
import type { Period } from './effective.ts';
import type { Expression } from './expression.ts';
import type { TestFile } from './schema.ts';
import { readValue, sameValue, type ColumnType } from './value.ts';

export interface Input {
  readonly name: string;
  readonly label: string;
  readonly expression: string;
  readonly type: ColumnType;
  readonly unit?: string;
}

export interface Output {
  readonly name: string;
  readonly type: ColumnType;
  readonly values?: readonly RuleValue[];
}

/** What a cell under `then` gives: a value, or an expression that gives one. */
export type OutputCell = { readonly value: RuleValue } | { readonly expression: Expression };

export interface Row {
  readonly id: string;
  readonly note: string | null;
  readonly cells: readonly Cell[];
  readonly conditions: readonly { readonly column: number; readonly expression: Expression }[];
  /** The cells under `then`. */
  readonly gives: readonly OutputCell[];
  readonly effective: Period | null;
}

export interface CompiledTable {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly hitPolicy: HitPolicy;
  readonly aggregation: Aggregation;
  readonly inputs: readonly Input[];
  readonly expressions: readonly Expression[];
  readonly outputs: readonly Output[];
  readonly rows: readonly Row[];
  readonly otherwise: readonly OutputCell[] | null;
  readonly effective: Period | null;
  readonly tests: readonly TestFile[];
  /** One for each column that decides something; the one with the fewest open cells first. */
  readonly columns: readonly { readonly input: number; readonly index: ColumnIndex }[];
  /** Some cell is JSONata. */
  readonly hasExpressions: boolean;
}

/** `null` fits every output: nothing is said. */
export function fitsOutput(output: Output, value: RuleValue): boolean {
  if (value === null) return true;
  const read = readValue(output.type, value);
  if (read === null || !sameValue(read, value)) return false;
  return output.values === undefined || output.values.some((one) => sameValue(one, value));
}
