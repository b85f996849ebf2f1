/** The tests that a table carries: examples its owner has agreed to. */
import type { CompiledTable } from './compiled-table.ts';
import type { RuleDecision, RuleTable, RuleTestResult, RuleValue } from './contract.ts';
import { holdsAt } from './effective.ts';
import type { TestFile } from './schema.ts';
import { orderOf, sameValue } from './value.ts';

export async function runRuleTests(
  table: CompiledTable,
  decide: RuleTable['decide'],
  now: Date,
  goesOn: () => boolean | Promise<boolean> = () => true,
): Promise<readonly RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const test of table.tests) {
    if (!(await goesOn())) break;
    const decision = await decide(test.input, { now: timeOf(table, test, now) });
    const difference = differenceOf(table, test, decision);
    const { matched, error } = decision;
    results.push({ name: test.name, ok: difference === null, difference, matched, error });
  }
  return results;
}

/** A table is tested before it comes into force, too. */
function timeOf(table: CompiledTable, test: TestFile, now: Date): Date {
  if (test.now !== undefined) return new Date(orderOf('dateTime', test.now));
  if (holdsAt(table.effective, now.getTime()) || table.effective === null) return now;
  const { from, until } = table.effective;
  return new Date(Number.isFinite(from) ? from : until - 1);
}

const matchedIn = ({ matched }: RuleDecision): string =>
  matched.length === 0 ? 'no row matched' : `row ${matched.join(', ')} matched`;

function differenceOf(table: CompiledTable, test: TestFile, decision: RuleDecision): string | null {
  if (decision.error !== (test.error ?? null))
    return `the decision is ${decision.error === null ? 'made' : `the error ${decision.error}`}, expected ${test.error ?? 'a decision'}`;
  if (test.row !== undefined) {
    const row = decision.matched[0] ?? null;
    const alone = decision.matched.length < 2 || table.hitPolicy === 'PRIORITY';
    if (row !== test.row || !alone) return `${matchedIn(decision)}, expected ${test.row ?? 'none'}`;
  }
  if (test.rows !== undefined) {
    // Under PRIORITY the row that decides is named first.
    const [found, expected] = [decision.matched.toSorted(), test.rows.toSorted()];
    if (!sameValue(found, expected)) return `${matchedIn(decision)}, expected ${test.rows.join(', ') || 'none'}`;
  }
  if (test.expect === null)
    return decision.outputs === null ? null : 'a row matched or otherwise holds, expected no decision';
  for (const [name, expected] of Object.entries(test.expect ?? {})) {
    const actual: RuleValue = decision.outputs?.[name] ?? null;
    if (!sameValue(actual, expected))
      return `${name} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
  }
  return null;
}
