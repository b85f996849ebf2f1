/** Decisions over a compiled table. Nothing is kept between two decisions but scratch space that no decision outlives. */
import { fitsOutput, type CompiledTable, type OutputCell } from './compiled-table.ts';
import type { RuleDecision, RuleTable, RuleValue } from './contract.ts';
import { isExpressionLimit } from '../expressions/expression-limit.ts';
import { timeBudget } from '../expressions/time-budget.ts';
import { holdsAt } from './effective.ts';
import { ruleErrors } from './errors.ts';
import { explain } from './explain.ts';
import { explanationOf } from './explanation.ts';
import { MOST_NAMED, openRowsSearch } from './open-rows.ts';
import { mostNeeded, verdictOf, type Outputs } from './hit-policy.ts';
import { lintTable } from './lint/lint.ts';
import { runRuleTests } from './rule-tests.ts';
import { readValue } from './value.ts';

type Options = { readonly now: Date };
type Inputs = Readonly<Record<string, unknown>>;

/** An error decision on its way out of an evaluation. */
class DecisionError extends Error {
  readonly code: keyof typeof ruleErrors.entries;
  readonly place: string;

  constructor(code: keyof typeof ruleErrors.entries, place: string) {
    super(code);
    this.code = code;
    this.place = place;
  }
}

/** Its sentence is made when asked for: it would cost more than the decision, and so would an accessor on each object. */
class Decision implements RuleDecision {
  readonly table: string;
  readonly version: string;
  readonly at: string;
  readonly inputs: RuleDecision['inputs'];
  readonly matched: readonly string[];
  readonly outputs: RuleDecision['outputs'];
  readonly missing: readonly string[];
  readonly deterministic = true;
  readonly error: string | null;
  readonly #table: CompiledTable;
  readonly #values: readonly RuleValue[];
  readonly #rows: readonly number[];
  readonly #failure: DecisionError | null;

  constructor(
    table: CompiledTable,
    values: readonly RuleValue[],
    rows: readonly number[],
    at: string,
    inputs: RuleDecision['inputs'],
    outputs: RuleDecision['outputs'],
    missing: readonly string[],
    failure: DecisionError | null,
  ) {
    this.table = table.name;
    this.version = table.version;
    this.at = at;
    this.inputs = inputs;
    const matched: string[] = [];
    for (let i = 0; i < rows.length; i++) matched.push(table.rows[rows[i] ?? -1]?.id ?? '');
    this.matched = matched;
    this.outputs = outputs;
    this.missing = missing;
    this.error = failure === null ? null : failure.code;
    this.#table = table;
    this.#values = values;
    this.#rows = rows;
    this.#failure = failure;
  }

  get sentence(): string {
    const failed = this.#failure && sentenceOf(this.#table, this.#failure);
    return explain(this.#table, this.#values, this.#rows, this.outputs !== null, failed);
  }

  toJSON(): RuleDecision {
    const { table, version, at, inputs, matched, outputs, missing, deterministic, error, sentence } = this;
    return { table, version, at, inputs, matched, outputs, missing, deterministic, error, sentence };
  }
}

/** Milliseconds that all expressions of one decision may take together. */
const EXPRESSIONS_MS = 2_000;

/** Decisions come many to the millisecond; writing the time out takes longer than finding the row. */
function isoTimes(): (now: Date) => string {
  let last = Number.NaN;
  let text = '';
  return (now) => {
    const at = now.getTime();
    if (at !== last) [last, text] = [at, now.toISOString()];
    return text;
  };
}

export function decidingTable(table: CompiledTable): RuleTable {
  const candidates = candidateSearch(table);
  const isoOf = isoTimes();
  // Copied and filled in: an object built up name by name costs more than the search.
  const blank: Readonly<Record<string, RuleValue>> = Object.fromEntries(table.inputs.map(({ name }) => [name, null]));
  const plain = table.rows.map((row) => plainOutputs(table, row.gives));
  const plainOtherwise = table.otherwise && otherwiseOf(table, plainOutputs(table, table.otherwise));
  const most = mostNeeded(table);
  const isFirst = table.hitPolicy === 'FIRST';

  const finish = (
    values: readonly RuleValue[],
    now: Date,
    rows: readonly number[],
    outputs: RuleDecision['outputs'],
    error: DecisionError | null,
  ): RuleDecision => {
    const inputs = { ...blank };
    const missing: string[] = [];
    for (let i = 0; i < table.inputs.length; i++) {
      const name = table.inputs[i]?.name ?? '';
      const value = values[i] ?? null;
      inputs[name] = value;
      if (value === null) missing.push(name);
    }
    return new Decision(table, values, rows, isoOf(now), inputs, outputs, missing, error);
  };

  const columns = table.inputs.map(({ name, type }) => ({ name, type }));
  const read = (input: Inputs): RuleValue[] => {
    const values: RuleValue[] = [];
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i];
      if (column) values.push(readValue(column.type, input[column.name]));
    }
    return values;
  };

  const decideNow = (input: Inputs, { now }: Options): RuleDecision => {
    const values = read(input);
    if (!holdsAt(table.effective, now.getTime()))
      return finish(values, now, [], null, new DecisionError('rule-table-not-effective', table.name));
    const rows = candidates(values, now.getTime(), most);
    const row = rows[0];
    if (row === undefined) return finish(values, now, rows, plainOtherwise && { ...plainOtherwise }, null);
    if (isFirst) return finish(values, now, rows, { ...plain[row] }, null);
    return judged(
      values,
      now,
      rows,
      rows.map((one) => plain[one] ?? {}),
    );
  };

  const judged = (
    values: readonly RuleValue[],
    now: Date,
    found: readonly number[],
    outputs: readonly Outputs[],
  ): RuleDecision => {
    const { rows, outputs: given, error } = verdictOf(table, found, outputs);
    return finish(values, now, rows, given, error && new DecisionError(error.code, error.place));
  };

  const decideLater = async (input: Inputs, { now }: Options): Promise<RuleDecision> => {
    const values = read(input);
    let rows: number[] = [];
    try {
      if (!holdsAt(table.effective, now.getTime())) throw new DecisionError('rule-table-not-effective', table.name);
      const inTime = timeBudget(EXPRESSIONS_MS);
      const context = Object.fromEntries(table.inputs.map(({ name }, i) => [name, values[i]]));
      for (const row of candidates(values, now.getTime(), Infinity)) {
        if (!(await conditionsHold(table, row, values, context, now, inTime))) continue;
        rows.push(row);
        if (rows.length === most) break;
      }
      if (rows.length === 0) {
        const outputs = table.otherwise && (await evaluatedOutputs(table, null, context, now, inTime));
        return finish(values, now, rows, outputs && otherwiseOf(table, outputs), null);
      }
      // Rows that only make the decision an error need not say what they give.
      const asked = table.hitPolicy === 'UNIQUE' || rows.length === most ? rows.slice(0, 1) : rows;
      const outputs: Outputs[] = [];
      for (const row of asked) outputs.push(await evaluatedOutputs(table, row, context, now, inTime));
      return judged(values, now, rows, outputs);
    } catch (error) {
      if (!(error instanceof DecisionError)) throw error;
      if (error.code === 'rule-table-not-effective') rows = [];
      return finish(values, now, rows.slice(0, 100), null, error);
    }
  };

  const decide = table.hasExpressions ? decideLater : decideNow;
  let openRows: ReturnType<typeof openRowsSearch> | undefined;
  return {
    name: table.name,
    title: table.title,
    version: table.version,
    inputs: table.inputs,
    outputs: table.outputs,
    hitPolicy: table.hitPolicy,
    aggregation: table.aggregation,
    rowCount: table.rows.length,
    rowIds: table.rows.map(({ id }) => id),
    testCount: table.tests.length,
    decide,
    async decideFor(context, options) {
      const root = { event: context.event, message: context.message, now: options.now.toISOString() };
      const input: Record<string, unknown> = {};
      for (const [i, { name }] of table.inputs.entries()) {
        try {
          input[name] = await table.expressions[i]?.evaluate(root, { now: root.now }, options.now);
        } catch (error) {
          const values = table.inputs.map((one) => readValue(one.type, input[one.name]));
          return finish(values, options.now, [], null, new DecisionError(codeOf(error), `input ${name}`));
        }
      }
      return decide(input, options);
    },
    async explain(input, { now, most = 50 }) {
      return explanationOf(table, read(input), await decide(input, { now }), now, most);
    },
    openRows(decision, { now, most = MOST_NAMED }) {
      const inTime = timeBudget(EXPRESSIONS_MS);
      openRows ??= openRowsSearch(table);
      return openRows(decision, now.getTime(), most, async (row, column) => {
        const { name = '' } = table.inputs[column] ?? {};
        const condition = table.rows[row]?.conditions.find((one) => one.column === column);
        const bindings = { value: decision.inputs[name] ?? null, now: now.toISOString() };
        try {
          inTime();
          return (await condition?.expression.evaluate(decision.inputs, bindings, now)) === true;
        } catch {
          // It would have failed the decision, or there was no time to ask: what it says is not known.
          return true;
        }
      });
    },
    lint: ({ now, work }) => lintTable(table, now, work),
    runTests: ({ now, goesOn }) => runRuleTests(table, decide, now, goesOn),
  };
}

/** The rows that match by the index, in table order, at most `most`. */
function candidateSearch(table: CompiledTable): (values: readonly RuleValue[], at: number, most: number) => number[] {
  const { rows } = table;
  const words = (rows.length + 31) >>> 5;
  const lastWord = rows.length % 32 === 0 ? -1 : (1 << (rows.length % 32)) - 1;
  const sets: Int32Array[] = [];
  const everything = new Int32Array(words).fill(-1);
  const dated = rows.some((row) => row.effective !== null);
  const { columns } = table;
  return (values, at, most) => {
    const found: number[] = [];
    const count = columns.length;
    for (let c = 0; c < count; c++) {
      const column = columns[c];
      if (column) sets[c] = column.index.rowsFor(values[column.input] ?? null);
    }
    // The most telling column comes first: most of its words are empty, and the others are not looked at there.
    const first = (count > 0 ? sets[0] : undefined) ?? everything;
    for (let w = 0; w < words; w++) {
      let bits = first[w] ?? 0;
      if (bits === 0) continue;
      if (w === words - 1) bits &= lastWord;
      for (let c = 1; c < count && bits !== 0; c++) bits &= sets[c]?.[w] ?? 0;
      while (bits !== 0) {
        const row = w * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        if (dated && !holdsAt(rows[row]?.effective ?? null, at)) continue;
        found.push(row);
        if (found.length >= most) return found;
      }
    }
    return found;
  };
}

/** Under COLLECT without aggregation an output is a list, whichever way it came about. */
function otherwiseOf(table: CompiledTable, outputs: Outputs): Outputs {
  if (table.hitPolicy !== 'COLLECT' || table.aggregation !== 'none') return outputs;
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, [value]]));
}

function plainOutputs(table: CompiledTable, cells: readonly OutputCell[]): Outputs {
  const outputs: Record<string, RuleValue> = {};
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    outputs[table.outputs[i]?.name ?? ''] = cell && 'value' in cell ? cell.value : null;
  }
  return outputs;
}

async function conditionsHold(
  table: CompiledTable,
  row: number,
  values: readonly RuleValue[],
  context: Inputs,
  now: Date,
  inTime: () => void,
): Promise<boolean> {
  for (const { column, expression } of table.rows[row]?.conditions ?? []) {
    const place = `row ${table.rows[row]?.id}, column ${table.inputs[column]?.name}`;
    const result = await evaluated(place, () => {
      inTime();
      return expression.evaluate(context, { value: values[column] ?? null, now: now.toISOString() }, now);
    });
    // A condition over something absent gives nothing at all; anything else that is not true or false is a mistake.
    if (result !== undefined && typeof result !== 'boolean')
      throw new DecisionError('rule-expression-failed', `${place} (it gives neither true nor false)`);
    if (result !== true) return false;
  }
  return true;
}

async function evaluatedOutputs(
  table: CompiledTable,
  index: number | null,
  context: Inputs,
  now: Date,
  inTime: () => void,
): Promise<Outputs> {
  const cells = (index === null ? table.otherwise : table.rows[index]?.gives) ?? [];
  const outputs: Record<string, RuleValue> = {};
  const row = index === null ? 'otherwise' : `row ${table.rows[index]?.id}`;
  for (const [i, output] of table.outputs.entries()) {
    const cell = cells[i];
    const place = `${row}, column ${output.name}`;
    const raw =
      cell && 'expression' in cell
        ? await evaluated(place, () => {
            inTime();
            return cell.expression.evaluate(context, { now: now.toISOString() }, now);
          })
        : (cell?.value ?? null);
    const value = raw === undefined || raw === null ? null : readValue(output.type, raw);
    if ((value === null && raw !== undefined && raw !== null) || !fitsOutput(output, value))
      throw new DecisionError('rule-output-invalid', place);
    outputs[output.name] = value;
  }
  return outputs;
}

const codeOf = (error: unknown): 'rule-expression-limit' | 'rule-expression-failed' =>
  isExpressionLimit(error) ? 'rule-expression-limit' : 'rule-expression-failed';

async function evaluated(place: string, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    // What JSONata throws may quote the input.
    throw new DecisionError(codeOf(error), place);
  }
}

const sentenceOf = (table: CompiledTable, { code, place }: DecisionError): string =>
  ruleErrors.create(code, { table: table.name, place }).message;
