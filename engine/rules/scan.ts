/** What a cell means, said plainly: one cell against one value. The index must agree with it; a property test compares. */
import type { Cell, Test } from './cell.ts';
import type { RuleValue } from './contract.ts';
import { orderOf, type ColumnType, type Scalar } from './value.ts';

/** Whether a cell without an expression matches a value that `readValue` has read. */
export function cellMatches(cell: Exclude<Cell, { kind: 'expression' }>, type: ColumnType, value: RuleValue): boolean {
  if (cell.kind === 'any') return true;
  // `not(…)` is no answer to what is not known: only `-` and `null` match it.
  if (value === null) return !cell.negated && cell.tests.some((test) => test.kind === 'null');
  return cell.tests.some((test) => testMatches(test, type, value)) !== cell.negated;
}

export function testMatches(test: Test, type: ColumnType, value: RuleValue): boolean {
  if (test.kind === 'null') return false;
  if (test.kind === 'equals')
    return Array.isArray(value) ? (value as readonly Scalar[]).includes(test.value) : value === test.value;
  const point = orderOf(type, value);
  const above = test.lowOpen ? point > test.low : point >= test.low;
  return above && (test.highOpen ? point < test.high : point <= test.high);
}
