import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { NOW, row, tableFile } from './build-table.ts';

const table = RuleTable.compile(
  tableFile({
    rows: [
      row('sodium', ['"NA"', '> 160'], ['stat']),
      row('old', ['"K"', '> 1'], ['stat'], { effective: { from: null, to: '2020-01-01' } }),
      row('low', ['"K"', '< 3'], ['urgent']),
      row('high', ['"K"', '> 6.2'], ['stat']),
      row('any', ['-', '-'], ['routine']),
    ],
  }),
);

describe('an explanation', () => {
  it('says what was seen, which row decided, and why each other row did not', async () => {
    const told = await table.explain({ code: 'K', value: 6.4 }, { now: NOW });
    assert.deepEqual(told.matched, ['high']);
    assert.deepEqual(told.outputs, { lane: 'stat' });
    assert.equal(told.version, table.version);
    assert.equal(told.deterministic, true);
    assert.deepEqual(told.inputs, [
      { name: 'code', label: 'Code', unit: null, value: 'K' },
      { name: 'value', label: 'Value', unit: 'mmol/L', value: 6.4 },
    ]);
    assert.deepEqual(told.others.byColumn, [
      { column: 'code', label: 'Code', rows: 1 },
      { column: 'value', label: 'Value', rows: 2 },
    ]);
    assert.deepEqual(
      told.others.nearest.map(({ why, sentence }) => [why, sentence]),
      [
        ['not-in-force', 'Row old does not match: it is not in force at this time'],
        ['later', 'Row any is not asked: row high comes before it and matches'],
        ['cells', 'Row low does not match: Value 6.4 mmol/L is not < 3'],
        ['cells', 'Row sodium does not match: Code K is not "NA" and Value 6.4 mmol/L is not > 160'],
      ],
    );
    assert.deepEqual(told.others.nearest[2]?.cells, [
      { column: 'value', cell: '< 3', reason: 'Value 6.4 mmol/L is not < 3' },
    ]);
  });

  it('says of what was missing that it was missing, and of a negation what it met', async () => {
    const other = RuleTable.compile(tableFile({ rows: [row('a', ['not("K", "NA")', '> 1'], ['stat'])] }));
    const told = await other.explain({ code: 'K' }, { now: NOW });
    assert.equal(told.others.nearest[0]?.sentence, 'Row a does not match: Code K is "K", "NA" and Value is missing');
  });

  it('names the condition that did not hold', async () => {
    const other = RuleTable.compile(tableFile({ rows: [row('a', ['-', '= $value > 100'], ['stat'])] }));
    const told = await other.explain({ code: 'K', value: 5 }, { now: NOW });
    assert.deepEqual(told.others.nearest[0], {
      row: 'a',
      why: 'condition',
      cells: [
        { column: 'value', cell: '= $value > 100', reason: 'Value 5 mmol/L does not meet the condition of the row' },
      ],
      sentence: 'Row a does not match: Value 5 mmol/L does not meet the condition of the row',
    });
  });

  it('comes out the same from the inputs that a decision has kept', async () => {
    const decision = await table.decide({ code: 'K', value: '6.4' }, { now: NOW });
    const [kept, fresh] = await Promise.all([
      table.explain(decision.inputs, { now: new Date(decision.at) }),
      table.explain({ code: 'K', value: '6.4' }, { now: NOW }),
    ]);
    assert.deepEqual(kept, fresh);
  });

  it('is made at 10,000 rows, with the nearest rows only', async () => {
    const big = RuleTable.compile(
      tableFile({
        rows: Array.from({ length: 10_000 }, (_, i) => row(`r${i}`, [`"C${i % 400}"`, `[${i}..${i + 3}]`], ['stat'])),
      }),
    );
    const told = await big.explain({ code: 'C7', value: 5_000.5 }, { now: NOW, most: 20 });
    assert.equal(told.others.count, 10_000);
    assert.equal(told.others.nearest.length, 20);
    assert.ok(told.others.nearest.every(({ cells }) => cells.length === 1));
  });
});
