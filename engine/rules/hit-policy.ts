/**
 * What the rows that match come to (DMN 1.3, clause 8.2.10). Beyond DMN: COLLECT aggregates each output by itself, and
 * what has no answer is an error decision, never a guess.
 */
import type { CompiledTable } from './compiled-table.ts';
import type { RuleDecision, RuleValue } from './contract.ts';
import type { ruleErrors } from './errors.ts';
import { orderOf, sameValue } from './value.ts';

export type Outputs = Readonly<Record<string, RuleValue>>;
type DecisionCode = keyof typeof ruleErrors.entries;

export interface Verdict {
  /** The one that decides before the others under PRIORITY, else in table order. */
  readonly rows: readonly number[];
  readonly outputs: RuleDecision['outputs'];
  readonly error: { readonly code: DecisionCode; readonly place: string } | null;
}

/** How many rows a decision takes together, and how many an error decision names. */
export const MOST_TOGETHER = 1_000;
const MOST_NAMED = 100;

/** How many matching rows must be known before the policy can say something. */
export function mostNeeded({ hitPolicy }: CompiledTable): number {
  if (hitPolicy === 'FIRST') return 1;
  return hitPolicy === 'UNIQUE' ? MOST_NAMED : MOST_TOGETHER + 1;
}

/** @param outputs of each of `rows`, which are one or more */
export function verdictOf(table: CompiledTable, rows: readonly number[], outputs: readonly Outputs[]): Verdict {
  const failed = (code: DecisionCode, place = table.name): Verdict => ({
    rows: rows.slice(0, MOST_NAMED),
    outputs: null,
    error: { code, place },
  });
  const first = outputs[0] ?? {};
  if (rows.length > MOST_TOGETHER) return failed('rule-too-many-matched');
  switch (table.hitPolicy) {
    case 'FIRST':
      return { rows: rows.slice(0, 1), outputs: { ...first }, error: null };
    case 'UNIQUE':
      return rows.length > 1 ? failed('rule-several-matched') : { rows, outputs: { ...first }, error: null };
    case 'ANY':
      return outputs.every((one) =>
        table.outputs.every(({ name }) => sameValue(one[name] ?? null, first[name] ?? null)),
      )
        ? { rows, outputs: { ...first }, error: null }
        : failed('rule-rows-differ');
    case 'PRIORITY': {
      let best = 0;
      for (let i = 1; i < outputs.length; i++) if (goesBefore(table, outputs[i], outputs[best])) best = i;
      const decides = rows[best] ?? 0;
      return { rows: [decides, ...rows.filter((row) => row !== decides)], outputs: { ...outputs[best] }, error: null };
    }
    case 'COLLECT': {
      const collected: Record<string, RuleValue> = {};
      for (const { name, type } of table.outputs) {
        const value = aggregate(
          table,
          type,
          outputs.map((one) => one[name] ?? null),
        );
        if (value === undefined) return failed('rule-output-invalid', `column ${name}`);
        collected[name] = value;
      }
      return { rows, outputs: collected, error: null };
    }
    default:
      return table.hitPolicy satisfies never;
  }
}

/** Whether the outputs `a` have the higher priority: by the order of `values`, the first output that differs decides. */
export function goesBefore(table: CompiledTable, a: Outputs = {}, b: Outputs = {}): boolean {
  for (const { name, values } of table.outputs) {
    if (values === undefined) continue;
    const [left, right] = [rank(values, a[name] ?? null), rank(values, b[name] ?? null)];
    if (left !== right) return left < right;
  }
  return false;
}

/** What is not said comes last. */
function rank(values: readonly RuleValue[], value: RuleValue): number {
  const at = values.findIndex((one) => sameValue(one, value));
  return at < 0 ? values.length : at;
}

/** `undefined`: it has no value. A row that says nothing in an aggregated column must not count as 0, so that is none. */
function aggregate(
  { aggregation }: CompiledTable,
  type: Parameters<typeof orderOf>[0],
  values: readonly RuleValue[],
): RuleValue | undefined {
  if (aggregation === 'none') return values;
  if (aggregation === 'COUNT') return values.length;
  if (values.includes(null)) return undefined;
  if (aggregation === 'SUM') return sum(values as readonly number[]);
  const sign = aggregation === 'MIN' ? 1 : -1;
  let best = values[0] ?? null;
  for (const value of values) if (sign * (orderOf(type, value) - orderOf(type, best)) < 0) best = value;
  return best;
}

/** Decimal numbers added as people add them: 0.1 + 0.2 is 0.3. FEEL's numbers are decimal (DMN 1.3, clause 10.3.2.3.1). */
function sum(values: readonly number[]): number | undefined {
  let total = 0;
  let digits = 0;
  for (const value of values) {
    total += value;
    const text = String(value);
    const exponent = /e-(\d+)$/.exec(text)?.[1] ?? '0';
    digits = Math.max(digits, (/\.(\d+)/.exec(text)?.[1] ?? '').length + Number(exponent));
  }
  if (!Number.isFinite(total)) return undefined;
  return digits > 15 || Math.abs(total) >= 1e15 ? total : Number(total.toFixed(digits));
}
