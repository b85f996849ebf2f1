/** Random cells and values of a type, values that are missing or of another type included. */
import * as fc from 'fast-check';
import type { ColumnType } from '../../engine/rules/value.ts';

const number = fc.integer({ min: -4, max: 12 }).map((n) => n / 2);
const time = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:30`);
const word = fc.constantFrom('A', 'B', 'C', 'D', '');

export function generatorsOf(type: ColumnType): { test: fc.Arbitrary<string>; value: fc.Arbitrary<unknown> } {
  const foreign = fc.constantFrom<unknown>(null, undefined, '5', 5, true, Number.NaN, {}, 'x');
  const ordered = (point: fc.Arbitrary<string>, lowFirst: (a: string, b: string) => boolean): fc.Arbitrary<string> =>
    fc.oneof(
      point,
      fc.tuple(fc.constantFrom('<', '<=', '>', '>='), point).map((parts) => parts.join(' ')),
      fc
        .tuple(fc.constantFrom('[', '(', ']'), point, point, fc.constantFrom(']', ')', '['))
        .filter(([, a, b]) => lowFirst(a, b))
        .map(([start, a, b, end]) => `${start}${a}..${b}${end}`),
    );
  switch (type) {
    case 'number':
      return { test: ordered(number.map(String), (a, b) => Number(a) < Number(b)), value: fc.oneof(number, foreign) };
    case 'time':
      return {
        test: ordered(
          time.map((t) => `time("${t}")`),
          (a, b) => a !== b,
        ),
        value: fc.oneof(time, foreign),
      };
    case 'list':
      return {
        test: word.map((w) => JSON.stringify(w)),
        value: fc.oneof(fc.array(word, { maxLength: 4 }), foreign),
      };
    default:
      return { test: word.map((w) => JSON.stringify(w)), value: fc.oneof(word, foreign) };
  }
}

export function cellOf(type: ColumnType): fc.Arbitrary<string> {
  const { test } = generatorsOf(type);
  const tests = fc.array(fc.oneof({ weight: 6, arbitrary: test }, { weight: 1, arbitrary: fc.constant('null') }), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('-') },
    { weight: 5, arbitrary: tests.map((list) => list.join(', ')) },
    { weight: 2, arbitrary: tests.map((list) => `not(${list.join(', ')})`) },
  );
}
