import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  addColumn,
  conditionOf,
  deleteColumn,
  deleteRows,
  insertRow,
  moveColumn,
  moveRow,
  paste,
  setCell,
  setPolicy,
  sheetColumns,
  textAt,
  valueOf,
  type Table,
} from '../../governance/api/rule-sheet/draft.ts';
import { readTsv, writeTsv } from '../../governance/api/rule-sheet/tsv.ts';
import { row, tableFile } from '../rules/build-table.ts';

const table = tableFile({
  rows: [row('a', ['"K"', '> 6'], ['stat'], { note: 'high' }), row('b', ['-', '-'], ['routine'])],
}) as unknown as Table;
const cells = (one: Table): string[][] =>
  one.rows.map((_, i) => sheetColumns(one).map((column) => textAt(one, i, column)));

describe('a rule table while it is written', () => {
  it('changes one cell and keeps everything else, the order of keys too', () => {
    const [, , value] = sheetColumns(table);
    assert.ok(value);
    const next = setCell(table, 0, value, '> 7');
    assert.equal(JSON.stringify(next), JSON.stringify(table).replace('> 6', '> 7'));
    assert.equal(setCell(table, 0, value, '> 6'), table, 'what is the same is no change');
  });

  it('quotes a bare word where text is meant, and nothing else', () => {
    for (const [text, cell] of [
      ['ICU', '"ICU"'],
      ['2823-3', '"2823-3"'],
      ['"A", "B"', '"A", "B"'],
      ['-', '-'],
      ['', '-'],
      ['null', 'null'],
      ['not("A")', 'not("A")'],
      ['= $value', '= $value'],
    ] as const)
      assert.equal(conditionOf('string', text), cell);
    assert.equal(conditionOf('number', 'five'), 'five', 'for the check to name');
  });

  it('reads outputs by their type, and leaves what does not fit for the check', () => {
    assert.deepEqual(
      [valueOf('number', '1.50'), valueOf('number', 'x'), valueOf('number', ''), valueOf('boolean', 'TRUE')],
      [1.5, 'x', null, true],
    );
    assert.deepEqual(
      [valueOf('list', 'a, b'), valueOf('list', '[1,"b"]')],
      [
        ['a', 'b'],
        [1, 'b'],
      ],
    );
    assert.deepEqual([valueOf('string', '5'), valueOf('string', '= x')], ['5', '= x']);
  });

  it('takes rows of a spreadsheet and adds those that are missing', () => {
    const next = paste(table, 1, 0, readTsv('b\tNA\t< 3\turgent\nnew\tK\t< 2\tstat\r\n'));
    assert.deepEqual(cells(next), [
      ['a', '"K"', '> 6', 'stat', 'high'],
      ['b', '"NA"', '< 3', 'urgent', ''],
      ['new', '"K"', '< 2', 'stat', ''],
    ]);
  });

  it('reads back what it copies', () => {
    const lines = [
      ['"A","B"', 'plain', ''],
      ['say "hi"', '> 3', '-'],
    ];
    assert.deepEqual(readTsv(writeTsv(lines)), lines);
    assert.deepEqual(readTsv('"two\nlines"\t"a ""b"""\n'), [['two lines', 'a "b"']]);
    assert.deepEqual(readTsv('x'), [['x']]);
  });

  it('adds, moves and deletes rows and columns, never the last', () => {
    assert.deepEqual(
      insertRow(table, 1).rows.map(({ id }) => id),
      ['a', 'new-3', 'b'],
    );
    assert.deepEqual(
      moveRow(table, 1, 0).rows.map(({ id }) => id),
      ['b', 'a'],
    );
    assert.equal(moveRow(table, 0, -1), table);
    assert.equal(deleteRows(table, 0, 1), table);
    const wide = addColumn(table, 'when', { name: 'age', type: 'number' });
    assert.deepEqual(wide.rows[0]?.when, ['"K"', '> 6', '-']);
    assert.deepEqual(moveColumn(wide, 'when', 2, 0).rows[0]?.when, ['-', '"K"', '> 6']);
    assert.deepEqual(JSON.stringify(deleteColumn(wide, 'when', 2)), JSON.stringify(table));
    assert.equal(deleteColumn(table, 'then', 0), table);
    const outputs = addColumn(table, 'then', { name: 'desk', type: 'string' });
    assert.deepEqual(
      [outputs.rows[0]?.then, outputs.otherwise],
      [
        ['stat', null],
        ['routine', null],
      ],
    );
  });

  it('keeps an aggregation only where it belongs', () => {
    const collect = setPolicy(table, 'COLLECT', 'SUM');
    assert.deepEqual([collect.hitPolicy, collect.aggregation], ['COLLECT', 'SUM']);
    assert.equal(JSON.stringify(setPolicy(collect, 'FIRST', 'SUM')), JSON.stringify(table));
  });
});
