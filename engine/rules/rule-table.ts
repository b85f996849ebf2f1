/** The public face of rule tables: `RuleTable.compile(json)` gives a `RuleTable`. */
import { compileRuleTable, inspectRuleTable as inspect } from './compile.ts';
import type { RuleTable as Contract } from './contract.ts';
import { decidingTable } from './decide.ts';
import type { TableProblem } from './problem.ts';

export type {
  Aggregation,
  HitPolicy,
  LintFinding,
  OpenRow,
  OpenRows,
  RuleDecision,
  RuleExplanation,
  RuleLint,
  RuleTestResult,
  RuleValue,
} from './contract.ts';
export type RuleTable = Contract;
export type { TableProblem } from './problem.ts';

/** For an editor: the table where it can be used, else everything that is wrong with it, by cell. */
export function inspectRuleTable(json: unknown): {
  readonly table: RuleTable | null;
  readonly problems: readonly TableProblem[];
} {
  const { compiled, problems } = inspect(json);
  return { table: compiled && decidingTable(compiled), problems };
}

export const RuleTable: {
  /**
   * Checks everything and builds the index.
   * @param json the parsed file of a rule table
   * @throws WardflowError `rule-table-invalid` (all problems, cells by row and column), `rule-hit-policy-unsupported`
   */
  compile(json: unknown): RuleTable;
} = { compile: compileRuleTable };
