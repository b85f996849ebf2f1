/** The public face of rule tables: `RuleTable.compile(json)` gives a `RuleTable`. */
import { compileRuleTable } from './compile.ts';
import type { RuleTable as Contract } from './contract.ts';

export type { Aggregation, HitPolicy, RuleDecision, RuleExplanation, RuleValue } from './contract.ts';
export type RuleTable = Contract;

export const RuleTable: {
  /**
   * Checks everything and builds the index.
   * @param json the parsed file of a rule table
   * @throws WardflowError `rule-table-invalid` (all problems, cells by row and column), `rule-hit-policy-unsupported`
   */
  compile(json: unknown): RuleTable;
} = { compile: compileRuleTable };
