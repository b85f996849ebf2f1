/** The test cases of a table while it is written. Pure. */
import { shown, valueOf, type Table, type TestCase, type Value } from './draft.ts';

/** What came of an input, as the check tells it. */
export interface Answer {
  readonly matched: readonly string[];
  readonly outputs: Readonly<Record<string, Value>> | null;
  readonly error: string | null;
  readonly at: string;
}

export const casesOf = ({ tests = [] }: Table): readonly TestCase[] => tests;

const withCases = (table: Table, tests: readonly TestCase[]): Table => ({ ...table, tests });

export const addCase = (table: Table, made: TestCase): Table => withCases(table, [...casesOf(table), made]);
export const changeCase = (table: Table, at: number, made: TestCase): Table =>
  at < 0 || at >= casesOf(table).length ? table : withCases(table, casesOf(table).with(at, made));
export const deleteCase = (table: Table, at: number): Table => withCases(table, casesOf(table).toSpliced(at, 1));

/** An input that was tried, with what came of it as what is expected from now on. */
export function caseOfTrial(
  { hitPolicy }: Table,
  name: string,
  input: Readonly<Record<string, Value>>,
  { matched, outputs, error, at }: Answer,
): TestCase {
  // An error may come from the time of the decision: it is kept.
  if (error !== null) return { name, input, error, now: at };
  const several = hitPolicy === 'ANY' || hitPolicy === 'COLLECT';
  return { name, input, expect: outputs, ...(several ? { rows: matched } : { row: matched[0] ?? null }) };
}

/** A test as a form shows it: texts; '' is "not said". */
export interface CaseForm {
  readonly name: string;
  readonly input: Readonly<Record<string, string>>;
  readonly expected: 'outputs' | 'nothing' | 'error';
  readonly expect: Readonly<Record<string, string>>;
  /** Ids, with commas between; `-`: no row, what holds otherwise. */
  readonly rows: string;
  readonly error: string;
  readonly now: string;
}

const NO_ROW = '-';
const textOf = (value: Value | undefined): string =>
  value === undefined ? '' : value === null ? 'null' : shown(value);

export function formOf({ name, input, expect, row, rows, error, now = '' }: TestCase): CaseForm {
  const texts = (values: object): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, textOf(value as Value)]));
  return {
    name,
    input: texts(input),
    expected: error !== undefined ? 'error' : expect === null ? 'nothing' : 'outputs',
    expect: texts(expect ?? {}),
    rows: row === null ? NO_ROW : (row ?? (rows ? rows.join(', ') || NO_ROW : '')),
    error: error ?? '',
    now,
  };
}

/** @param before what was opened: values whose text is the same stay as they are, and keys that no form shows */
export function caseOfForm(table: Table, form: CaseForm, before: TestCase): TestCase {
  const was = formOf(before);
  const values = (
    columns: Table['inputs'],
    typed: CaseForm['input'],
    shownBefore: CaseForm['input'],
    kept: Readonly<Record<string, Value>>,
  ): Record<string, Value> =>
    Object.fromEntries(
      columns.flatMap(({ name, type }): [string, Value][] => {
        const text = typed[name] ?? '';
        if (text === (shownBefore[name] ?? '')) return Object.hasOwn(kept, name) ? [[name, kept[name] ?? null]] : [];
        return text.trim() === '' ? [] : [[name, valueOf(type, text)]];
      }),
    );
  const { name: _n, input: _i, expect: _e, row: _r, rows: _s, error: _x, now: _t, ...unknown } = before;
  const outputs = values(table.outputs, form.expect, was.expect, before.expect ?? {});
  const now = form.now.trim();
  return {
    name: form.name.trim(),
    input: values(table.inputs, form.input, was.input, before.input),
    ...(form.expected === 'error' ? { error: form.error.trim() } : {}),
    ...(form.expected === 'nothing' ? { expect: null } : {}),
    ...(form.expected === 'outputs' && Object.keys(outputs).length > 0 ? { expect: outputs } : {}),
    ...(form.expected === 'error' ? {} : rowsOf(form.rows, before)),
    ...(now === '' ? {} : { now }),
    ...unknown,
  };
}

function rowsOf(text: string, { rows }: TestCase): Pick<TestCase, 'row' | 'rows'> {
  const ids = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (ids.length === 0) return {};
  const none = ids.length === 1 && ids[0] === NO_ROW;
  if (rows || ids.length > 1) return { rows: none ? [] : ids };
  return { row: none ? null : (ids[0] ?? null) };
}
