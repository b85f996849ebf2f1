/** Whether a decision would have been another with one row more. Rows that give the same are told apart once, not by each decision. */
import type { CompiledTable, Row } from './compiled-table.ts';
import type { RuleDecision, RuleValue } from './contract.ts';
import { MOST_TOGETHER, verdictOf, type Outputs } from './hit-policy.ts';
import { sameValue } from './value.ts';

/** @param after how many of the rows that answered come before it */
export type Matters = (row: number, after: number) => boolean;

/** @returns for rows that answered, in table order, and what they came to: whether another row would have made it another */
export function rowMatters(
  table: CompiledTable,
): (answer: readonly number[], outputs: RuleDecision['outputs']) => Matters {
  const { hitPolicy, aggregation } = table;
  const names = table.outputs.map(({ name }) => name);
  const kinds = new Map<string, number>();
  const keyOf = (values: readonly (RuleValue | undefined)[]): string =>
    JSON.stringify(values.map((one) => one ?? null));
  /** Rows of one kind give the same; -1: an expression, so it is not known what. */
  const kindOf = Int32Array.from(table.rows, (row) => {
    const given = valuesOf(row);
    if (given === null) return UNKNOWN;
    const key = keyOf(given);
    const known = kinds.get(key) ?? kinds.size;
    kinds.set(key, known);
    return known;
  });
  const givenBy = (row: number): Outputs => {
    const given = table.rows[row] && valuesOf(table.rows[row]);
    return Object.fromEntries(names.map((name, i) => [name, given?.[i] ?? null]));
  };

  return (answer, outputs) => {
    if (outputs === null) return always;
    if (hitPolicy === 'FIRST') return differsFrom(outputs);
    // An error, or what is not known, is another decision.
    if (answer.length >= MOST_TOGETHER || answer.some((row) => kindOf[row] === UNKNOWN)) return always;
    if (hitPolicy === 'UNIQUE') return answer.length > 0 ? always : differsFrom(outputs);
    if (hitPolicy === 'ANY') return differsFrom(outputs);
    // One more in the list, or in the count.
    if (answer.length > 0 && hitPolicy === 'COLLECT' && (aggregation === 'none' || aggregation === 'COUNT'))
      return always;
    return withVerdict(answer, outputs);
  };

  function differsFrom(outputs: Outputs): Matters {
    const same = kinds.get(keyOf(names.map((name) => outputs[name]))) ?? NONE;
    return (row) => kindOf[row] !== same;
  }

  /** The policy is asked, once for each kind of row and each place among those that answered. */
  function withVerdict(answer: readonly number[], outputs: Outputs): Matters {
    const asked = new Map<number, boolean>();
    const given = answer.map(givenBy);
    return (row, after) => {
      const kind = kindOf[row] ?? UNKNOWN;
      if (kind === UNKNOWN) return true;
      const key = after * kinds.size + kind;
      const known = asked.get(key);
      if (known !== undefined) return known;
      const verdict = verdictOf(table, answer.toSpliced(after, 0, row), given.toSpliced(after, 0, givenBy(row)));
      const matters =
        verdict.outputs === null ||
        names.some((name) => !sameValue(verdict.outputs?.[name] ?? null, outputs[name] ?? null));
      asked.set(key, matters);
      return matters;
    };
  }
}

const UNKNOWN = -1;
/** No row gives it. */
const NONE = -2;
const always: Matters = () => true;

/** `null`: an expression is among them. */
function valuesOf({ gives }: Row): readonly RuleValue[] | null {
  const values: RuleValue[] = [];
  for (const cell of gives) {
    if ('expression' in cell) return null;
    values.push(cell.value);
  }
  return values;
}
