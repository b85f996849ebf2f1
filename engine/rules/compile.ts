/** From the file to a table that decides: every check that can be made before the first decision is made here. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems } from '../base/json-schema.ts';
import { CellProblem, parseCell, type Cell } from './cell.ts';
import { indexColumn } from './column-index.ts';
import {
  fitsOutput,
  type CompiledTable,
  type Input,
  type Output,
  type OutputCell,
  type Row,
} from './compiled-table.ts';
import type { RuleTable, RuleValue } from './contract.ts';
import { decidingTable } from './decide.ts';
import { periodOf, type Period } from './effective.ts';
import { ruleErrors } from './errors.ts';
import { compileExpression, type Expression } from './expression.ts';
import { TableProblems, type Place, type TableProblem } from './problem.ts';
import { ruleTableCheck, type RuleTableFile } from './schema.ts';
import { isOrdered, readValue } from './value.ts';

export function compileRuleTable(json: unknown): RuleTable {
  const table = nameOf(json);
  const policy: unknown = typeof json === 'object' && json !== null && 'hitPolicy' in json ? json.hitPolicy : undefined;
  if (typeof policy === 'string' && LATER.includes(policy))
    throw ruleErrors.create('rule-hit-policy-unsupported', { table, policy });
  const { compiled, problems } = inspectRuleTable(json);
  if (compiled) return decidingTable(compiled);
  throw ruleErrors.create('rule-table-invalid', { table, problems: `${describeProblems(problems.slice(0, 20))}.` });
}

/** Everything that is wrong with it; nothing: it is compiled. Never throws. */
export function inspectRuleTable(json: unknown): {
  readonly compiled: CompiledTable | null;
  readonly problems: readonly TableProblem[];
} {
  if (!ruleTableCheck.accepts(json)) return { compiled: null, problems: ruleTableCheck.problems(json) };
  const problems = new TableProblems();
  const compiled = new Compilation(json, problems).run();
  return problems.all.length > 0
    ? { compiled: null, problems: problems.all.slice(0, 500) }
    : { compiled, problems: [] };
}

const LATER = ['RULE ORDER', 'OUTPUT ORDER'];
/** Each may take a second; a decision asks those whose other cells match. */
const MOST_EXPRESSIONS = 2_000;

function nameOf(json: unknown): string {
  const name: unknown = typeof json === 'object' && json !== null && 'name' in json ? json.name : undefined;
  return typeof name === 'string' ? name.slice(0, 63) : '(without a name)';
}

class Compilation {
  readonly #file: RuleTableFile;
  readonly #problems: TableProblems;
  #expressionCount = 0;

  constructor(file: RuleTableFile, problems: TableProblems) {
    this.#file = file;
    this.#problems = problems;
  }

  run(): CompiledTable {
    const file = this.#file;
    this.#mustDiffer('inputs', file.inputs);
    this.#mustDiffer('outputs', file.outputs);
    this.#mustDiffer('tests', file.tests ?? []);
    this.#mustDiffer(
      'rows',
      file.rows.map(({ id }) => ({ name: id })),
    );
    file.outputs.forEach((output) => {
      for (const value of output.values ?? [])
        if (value === null || readValue(output.type, value) === null)
          this.#problems.say(
            { place: `output ${output.name}`, column: output.name },
            `has a value that is not a ${output.type}`,
          );
    });
    const inputs = file.inputs.map((input) => ({ ...input, label: input.label ?? input.name }));
    const expressions = inputs.map(({ name, expression }) =>
      this.#expression({ place: `input ${name}`, column: name }, expression),
    );
    this.#policy();
    // What is counted may be text; how many there are is a number.
    const given =
      file.aggregation === 'COUNT' ? file.outputs.map(({ name }) => ({ name, type: 'number' as const })) : file.outputs;
    const rows = file.rows.map((row, index) => this.#row(row, index));
    const otherwise = file.otherwise && this.#then({ place: 'otherwise', row: 'otherwise' }, file.otherwise, given);
    const effective = this.#period({ place: 'the table' }, file.effective);
    this.#tests();
    if (this.#expressionCount > MOST_EXPRESSIONS)
      this.#problems.say('', `has more than ${MOST_EXPRESSIONS} cells of JSONata`);
    const hasExpressions = [
      ...rows.flatMap((row) => [row.conditions, row.gives.filter(isExpression)]),
      otherwise?.filter(isExpression) ?? [],
    ].some((list) => list.length > 0);
    return {
      name: file.name,
      title: file.title,
      version: this.#version(),
      hitPolicy: file.hitPolicy,
      aggregation: file.aggregation ?? 'none',
      inputs,
      expressions,
      outputs: file.outputs,
      rows,
      otherwise,
      effective,
      tests: file.tests ?? [],
      columns: this.#problems.all.length > 0 ? [] : this.#columns(inputs, rows),
      hasExpressions,
    };
  }

  #version(): string {
    try {
      return createHash('sha256').update(canonicalJson(this.#file)).digest('hex');
    } catch {
      this.#problems.say('', 'holds text without a canonical form (half of a surrogate pair)');
      return '';
    }
  }

  #columns(inputs: readonly Input[], rows: readonly Row[]): CompiledTable['columns'] {
    const open = (input: number): number => rows.filter((row) => row.cells[input]?.kind !== 'tests').length;
    const made = inputs.flatMap(({ type }, input) => {
      const index = indexColumn(
        rows.map((row) => row.cells[input] ?? { kind: 'any' }),
        type,
      );
      return index ? [{ input, index, open: open(input) }] : [];
    });
    return made.toSorted((a, b) => a.open - b.open);
  }

  /** What a hit policy asks of the outputs. */
  #policy(): void {
    const { hitPolicy, aggregation = 'none', outputs } = this.#file;
    if (hitPolicy !== 'COLLECT' && this.#file.aggregation !== undefined)
      this.#problems.say('aggregation', `belongs to the hit policy COLLECT, not to ${hitPolicy}`);
    if (hitPolicy === 'PRIORITY' && outputs.every(({ values }) => values === undefined))
      this.#problems.say('outputs', 'need "values" in the order of their priority: the hit policy is PRIORITY');
    if (hitPolicy !== 'COLLECT') return;
    if (aggregation === 'COUNT' && outputs.length > 1)
      this.#problems.say('outputs', 'must be one: COUNT gives a single number');
    for (const { name, type } of outputs) {
      const fits = aggregation === 'SUM' ? type === 'number' : isOrdered(type);
      if (aggregation === 'none' || aggregation === 'COUNT' || fits) continue;
      const what = `is a ${type}, and ${aggregation} takes ${aggregation === 'SUM' ? 'numbers' : 'numbers, dates and times'}`;
      this.#problems.say({ place: `output ${name}`, column: name }, what);
    }
  }

  #row(row: RuleTableFile['rows'][number], index: number): Row {
    const { inputs } = this.#file;
    const place = { place: `row ${row.id}`, row: index };
    if (row.when.length !== inputs.length)
      this.#problems.say(place, `has ${row.when.length} cells under "when" for ${inputs.length} inputs`);
    const conditions: { column: number; expression: Expression }[] = [];
    const cells = inputs.map(({ name, type }, column): Cell => {
      const text = row.when[column] ?? '-';
      try {
        const cell = parseCell(text, type);
        if (cell.kind === 'expression') {
          const expression = this.#expression(columnOf(place, name), cell.source);
          this.#expressionCount++;
          conditions.push({ column, expression });
        }
        return cell;
      } catch (error) {
        if (!(error instanceof CellProblem)) throw error;
        this.#problems.say(columnOf(place, name), error.message);
        return { kind: 'any' };
      }
    });
    return {
      id: row.id,
      note: row.note ?? null,
      cells,
      conditions,
      gives: this.#then(place, row.then),
      effective: this.#period(place, row.effective),
    };
  }

  #then(
    place: Place,
    values: readonly RuleValue[],
    outputs: readonly Output[] = this.#file.outputs,
  ): readonly OutputCell[] {
    const { aggregation = 'none' } = this.#file;
    if (values.length !== outputs.length)
      this.#problems.say(place, `has ${values.length} cells under "then" for ${outputs.length} outputs`);
    return outputs.map((output, i) => {
      const value = values[i] ?? null;
      const where = columnOf(place, output.name);
      if (typeof value === 'string' && value.startsWith('='))
        return { expression: this.#expression(where, value.slice(1).trim()) };
      if (!fitsOutput(output, value)) this.#problems.say(where, `must be ${describeOutput(output)}`);
      if (value === null && typeof place.row === 'number' && ADDING.includes(aggregation))
        this.#problems.say(
          where,
          `must be ${describeOutput(output)}: nothing is not 0, and ${aggregation} needs a value`,
        );
      // Every decision hands it out.
      return { value: Array.isArray(value) ? Object.freeze([...(value as readonly RuleValue[])]) : value };
    });
  }

  #expression(place: Place, source: string): Expression {
    try {
      return compileExpression(source);
    } catch (error) {
      this.#problems.say(place, error instanceof Error ? error.message : 'is not JSONata');
      return { evaluate: () => Promise.resolve(undefined) };
    }
  }

  #period(place: Place, effective: RuleTableFile['effective']): Period | null {
    const period = periodOf(effective);
    if (typeof period !== 'string') return period;
    this.#problems.say(place, period);
    return null;
  }

  #tests(): void {
    const { inputs, outputs, rows, tests } = this.#file;
    const known = { input: new Set(inputs.map((i) => i.name)), expect: new Set(outputs.map((o) => o.name)) };
    const ids = new Set(rows.map((row) => row.id));
    for (const test of tests ?? []) {
      const place = `test "${test.name}"`;
      for (const part of ['input', 'expect'] as const)
        for (const name of Object.keys(test[part] ?? {}))
          if (!known[part].has(name))
            this.#problems.say(place, `names ${name} under "${part}", which the table does not have`);
      for (const id of [...(typeof test.row === 'string' ? [test.row] : []), ...(test.rows ?? [])])
        if (!ids.has(id)) this.#problems.say(place, `names the row ${id}, which the table does not have`);
      if ([test.expect, test.row, test.rows, test.error].every((part) => part === undefined))
        this.#problems.say(place, 'expects nothing: it needs "expect", "row", "rows" or "error"');
      if (test.now !== undefined && readValue('dateTime', test.now) === null)
        this.#problems.say(place, 'has a "now" that is not a date and time with zone');
    }
  }

  #mustDiffer(what: string, list: readonly { readonly name: string }[]): void {
    const seen = new Set<string>();
    for (const { name } of list) {
      if (seen.has(name)) this.#problems.say(what, `has "${name}" twice`);
      seen.add(name);
    }
  }
}

const ADDING: readonly string[] = ['SUM', 'MIN', 'MAX'];

const columnOf = (place: Place, column: string): Place => ({
  ...place,
  place: `${place.place}, column ${column}`,
  column,
});

const isExpression = (cell: OutputCell): boolean => 'expression' in cell;

function describeOutput({ type, values }: Output): string {
  return values ? `one of ${values.map((one) => JSON.stringify(one)).join(', ')}` : `a ${type}`;
}
