import { evaluate } from 'feelin';
import { RANGES, type Decide, type Generated } from './generated-table.ts';

type Test = (value: unknown) => unknown;

/** feelin has no compile call: a FEEL function for each different cell is kept, which is its fastest way. */
export function load({ rows }: Generated): Decide {
  const kept = new Map<string, Test>();
  const cell = (text: string): Test => {
    const known = kept.get(text);
    if (known) return known;
    const made = evaluate(`function(v) ${text}`, {}).value as { invoke(args: readonly unknown[]): unknown };
    const test: Test = (value) => made.invoke([value]);
    kept.set(text, test);
    return test;
  };
  const compiled = rows.map((row): readonly (readonly [keyof Generated['samples'][number], Test])[] => [
    ['code', cell(`v in (${JSON.stringify(row.code)})`)],
    ...(row.unit === null ? [] : [['unit', cell(`v in (${JSON.stringify(row.unit)})`)] as const]),
    ...(row.flag === null ? [] : [['flags', cell(`list contains(v, ${JSON.stringify(row.flag)})`)] as const]),
    ...RANGES.flatMap((name) => {
      const range = row[name];
      return range === null ? [] : [[name, cell(`v in ([${range[0]}..${range[1]}))`)] as const];
    }),
  ]);
  return (sample) => compiled.findIndex((row) => row.every(([name, test]) => test(sample[name]) === true));
}
