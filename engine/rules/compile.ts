/** From the file to a table that decides: every check that can be made before the first decision is made here. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { describeProblems, type Problem } from '../base/json-schema.ts';
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
import { ruleTableCheck, type RuleTableFile } from './schema.ts';
import { readValue } from './value.ts';

export function compileRuleTable(json: unknown): RuleTable {
  const table = nameOf(json);
  const policy: unknown = typeof json === 'object' && json !== null && 'hitPolicy' in json ? json.hitPolicy : undefined;
  if (typeof policy === 'string' && LATER.includes(policy))
    throw ruleErrors.create('rule-hit-policy-unsupported', { table, policy });
  const refuse = (problems: readonly Problem[]): Error =>
    ruleErrors.create('rule-table-invalid', { table, problems: `${describeProblems(problems)}.` });
  if (!ruleTableCheck.accepts(json)) throw refuse(ruleTableCheck.problems(json));
  const problems: Problem[] = [];
  const compiled = new Compilation(json, problems).run();
  if (problems.length > 0) throw refuse(problems.slice(0, 20));
  return decidingTable(compiled);
}

const LATER = ['PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'];

function nameOf(json: unknown): string {
  const name: unknown = typeof json === 'object' && json !== null && 'name' in json ? json.name : undefined;
  return typeof name === 'string' ? name.slice(0, 63) : '(without a name)';
}

class Compilation {
  readonly #file: RuleTableFile;
  readonly #problems: Problem[];

  constructor(file: RuleTableFile, problems: Problem[]) {
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
          this.#say(`output ${output.name}`, `has a value that is not a ${output.type}`);
    });
    const inputs = file.inputs.map((input) => ({ ...input, label: input.label ?? input.name }));
    const expressions = inputs.map(({ name, expression }) => this.#expression(`input ${name}`, expression));
    const rows = file.rows.map((row) => this.#row(row));
    const otherwise = file.otherwise && this.#then('otherwise', file.otherwise);
    const effective = this.#period('the table', file.effective);
    this.#tests();
    const hasExpressions = [
      ...rows.flatMap((row) => [row.conditions, row.gives.filter(isExpression)]),
      otherwise?.filter(isExpression) ?? [],
    ].some((list) => list.length > 0);
    return {
      name: file.name,
      title: file.title,
      version: this.#version(),
      hitPolicy: file.hitPolicy as 'FIRST' | 'UNIQUE',
      inputs,
      expressions,
      outputs: file.outputs,
      rows,
      otherwise,
      effective,
      tests: file.tests ?? [],
      columns: this.#problems.length > 0 ? [] : this.#columns(inputs, rows),
      hasExpressions,
    };
  }

  #version(): string {
    try {
      return createHash('sha256').update(canonicalJson(this.#file)).digest('hex');
    } catch {
      this.#say('', 'holds text without a canonical form (half of a surrogate pair)');
      return '';
    }
  }

  #columns(inputs: readonly Input[], rows: readonly Row[]): CompiledTable['columns'] {
    return inputs.flatMap(({ type }, input) => {
      const index = indexColumn(
        rows.map((row) => row.cells[input] ?? { kind: 'any' }),
        type,
      );
      return index ? [{ input, index }] : [];
    });
  }

  #row(row: RuleTableFile['rows'][number]): Row {
    const { inputs } = this.#file;
    const place = `row ${row.id}`;
    if (row.when.length !== inputs.length)
      this.#say(place, `has ${row.when.length} cells under "when" for ${inputs.length} inputs`);
    const conditions: { column: number; expression: Expression }[] = [];
    const cells = inputs.map(({ name, type }, column): Cell => {
      const text = row.when[column] ?? '-';
      try {
        const cell = parseCell(text, type);
        if (cell.kind === 'expression') {
          const expression = this.#expression(`${place}, column ${name}`, cell.source);
          conditions.push({ column, expression });
        }
        return cell;
      } catch (error) {
        if (!(error instanceof CellProblem)) throw error;
        this.#say(`${place}, column ${name}`, error.message);
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

  #then(place: string, values: readonly RuleValue[]): readonly OutputCell[] {
    const { outputs } = this.#file;
    if (values.length !== outputs.length)
      this.#say(place, `has ${values.length} cells under "then" for ${outputs.length} outputs`);
    return outputs.map((output, i) => {
      const value = values[i] ?? null;
      const where = `${place}, column ${output.name}`;
      if (typeof value === 'string' && value.startsWith('='))
        return { expression: this.#expression(where, value.slice(1).trim()) };
      if (!fitsOutput(output, value)) this.#say(where, `must be ${describeOutput(output)}`);
      // Every decision hands it out.
      return { value: Array.isArray(value) ? Object.freeze([...(value as readonly RuleValue[])]) : value };
    });
  }

  #expression(place: string, source: string): Expression {
    try {
      return compileExpression(source);
    } catch (error) {
      this.#say(place, error instanceof Error ? error.message : 'is not JSONata');
      return { evaluate: () => Promise.resolve(undefined) };
    }
  }

  #period(place: string, effective: RuleTableFile['effective']): Period | null {
    const period = periodOf(effective);
    if (typeof period !== 'string') return period;
    this.#say(place, period);
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
          if (!known[part].has(name)) this.#say(place, `names ${name} under "${part}", which the table does not have`);
      if (typeof test.row === 'string' && !ids.has(test.row))
        this.#say(place, `names the row ${test.row}, which the table does not have`);
      if (test.expect === undefined && test.row === undefined && test.error === undefined)
        this.#say(place, 'expects nothing: it needs "expect", "row" or "error"');
      if (test.now !== undefined && readValue('dateTime', test.now) === null)
        this.#say(place, 'has a "now" that is not a date and time with zone');
    }
  }

  #mustDiffer(what: string, list: readonly { readonly name: string }[]): void {
    const seen = new Set<string>();
    for (const { name } of list) {
      if (seen.has(name)) this.#say(what, `has "${name}" twice`);
      seen.add(name);
    }
  }

  #say(place: string, what: string): void {
    this.#problems.push({ place, what });
  }
}

const isExpression = (cell: OutputCell): boolean => 'expression' in cell;

function describeOutput({ type, values }: Output): string {
  return values ? `one of ${values.map((one) => JSON.stringify(one)).join(', ')}` : `a ${type}`;
}
