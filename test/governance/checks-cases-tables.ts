/** Findings about rule tables: a definition that has each, and the nearest that has not. */
import type { CheckCode } from '../../governance/checks/errors.ts';
import { on, table, type Change } from '../kit/checked-definition.ts';

export const withTable = (change: Record<string, unknown> = {}, name = ''): Change => ({
  first: 'rule',
  nodes: [on('rule', 'rule table', { name, table: 'limits', noMatch: 'error' }, ['done'])],
  rules: [table(change)],
});
const twoRows = (hitPolicy: string, cell: string): Change =>
  withTable({
    hitPolicy,
    rows: [
      { id: 'high', when: ['> 5.5'], ...Object.fromEntries([['then', ['page']]]) },
      { id: 'other', when: [cell], ...Object.fromEntries([['then', ['none']]]) },
    ],
  });

export const TABLE_CASES: readonly (readonly [CheckCode, string, Change, Change])[] = [
  ['rule-table-without-tests', 'no test', withTable({ tests: [] }), withTable()],
  [
    'rule-test-failed',
    'a test that fails',
    withTable({ tests: [{ name: 'low', input: { value: 5 }, expect: { action: 'page' } }] }),
    withTable(),
  ],
  [
    'rule-rows-untested',
    'a row without a test',
    withTable({ tests: [{ name: 'low', input: { value: 5 }, expect: { action: 'none' } }] }),
    withTable(),
  ],
  [
    'rule-table-gap',
    'a table without otherwise whose rows leave the bound out',
    withTable({ otherwise: null }),
    withTable({
      otherwise: null,
      rows: [{ id: 'high', when: ['-'], ...Object.fromEntries([['then', ['page']]]) }],
    }),
  ],
  ['rule-rows-overlap', 'two rows under UNIQUE', twoRows('UNIQUE', '> 5'), twoRows('UNIQUE', '<= 5.5')],
  ['rule-row-idle', 'a row that another shadows', twoRows('FIRST', '> 6'), twoRows('FIRST', '> 5')],
  ['rule-table-not-checked', 'a cell of JSONata', twoRows('FIRST', '= $value > 5'), twoRows('FIRST', '> 5')],
  [
    'rule-table-overdue',
    'a table out of force',
    withTable({ effective: { from: '2025-01-01', to: '2026-01-01' } }),
    withTable({ effective: { from: '2025-01-01', to: '2026-12-31' } }),
  ],
  ['definition-unsound', 'a table without a reason', withTable({ reason: undefined }), withTable()],
];
