/** What other engines got wrong on the same clinical table, each as a sentence about ours. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { column, decideNow, NOW, row, tableFile } from './build-table.ts';

describe('where other engines failed', () => {
  it('500 decisions at once on one table give what they give one at a time', async () => {
    for (const hitPolicy of ['FIRST', 'COLLECT']) {
      const table = RuleTable.compile(
        tableFile({
          hitPolicy,
          inputs: [{ name: 'x', expression: 'x', type: 'number' }],
          outputs: [{ name: 'row', type: 'number' }],
          // Expressions make it wait in between, as others' engines did.
          rows: Array.from({ length: 40 }, (_, i) => row(`r${i}`, [i % 2 === 0 ? `> ${i}` : `= $value > ${i}`], [i])),
          otherwise: null,
        }),
      );
      const inputs = Array.from({ length: 500 }, (_, i) => ({ x: (i * 7) % 45 }));
      const together = await Promise.all(inputs.map(async (input) => table.decide(input, { now: NOW })));
      for (const [i, input] of inputs.entries()) {
        const alone = await table.decide(input, { now: NOW });
        assert.deepEqual(together[i]?.matched, alone.matched);
        assert.deepEqual(together[i]?.outputs, alone.outputs);
      }
      assert.ok(new Set(together.map(({ matched }) => matched.join())).size > (hitPolicy === 'COLLECT' ? 20 : 1));
    }
  });

  it('a broken cell is refused when the file is loaded, naming row and column', () => {
    for (const cell of ['[3..', 'abc def', '"q'])
      assert.throws(() => column('number', ['-', cell]), /row r1, column x cannot be read at character/, cell);
  });

  it('an output that names nothing is refused, not left out', () => {
    assert.throws(
      () => RuleTable.compile(tableFile({ rows: [row('a', ['-', '-'], ['stat', 'more'])] })),
      /row a has 2 cells under "then" for 1 outputs/,
    );
    assert.throws(() => RuleTable.compile(tableFile({ rows: [row('a', ['-', '-'], [])] })), /row a has 0 cells/);
  });

  it('null is not 0: it matches neither [0..18) nor < 7', () => {
    const table = column('number', ['[0..18)', '< 7', '<= 0', '0', 'not(5)']);
    for (const x of [null, undefined]) {
      const decision = decideNow(table, { x });
      assert.deepEqual([decision.matched, decision.missing, decision.inputs], [[], ['x'], { x: null }]);
    }
  });

  it('NaN is missing, and matches no range and no negation', () => {
    const table = column('number', ['< 7', '>= 7', 'not(7)', 'null']);
    for (const x of [Number.NaN, Infinity, -Infinity]) {
      const decision = decideNow(table, { x });
      assert.deepEqual([decision.matched, decision.missing], [['r3'], ['x']]);
    }
  });

  it('text in a number column is missing, not compared', () => {
    const table = column('number', ['< 7', '5', '> 100']);
    for (const x of ['5', ' 5', '', '0x5', '5 mmol/L'])
      assert.deepEqual([decideNow(table, { x }).matched, decideNow(table, { x }).missing], [[], ['x']], x);
    assert.match(decideNow(table, { x: '5' }).sentence, /X was missing/);
  });

  it('a half-open interval is read with the cells beside it', () => {
    const table = RuleTable.compile(
      tableFile({
        inputs: ['v', 'a'].map((name) => ({ name, expression: name, type: 'number' })),
        rows: [row('both', ['[3.5..7.1)', '>= 3'], ['stat'])],
      }),
    );
    assert.deepEqual(decideNow(table, { v: 3.5, a: 3 }).matched, ['both']);
    assert.deepEqual(decideNow(table, { v: 7.1, a: 3 }).matched, []);
  });

  it('a table is not changed by a decision, nor a decision by what is done to an earlier one', () => {
    const table = column('list', ['"A"'], {
      outputs: [{ name: 'row', type: 'list' }],
      rows: [row('r0', ['"A"'], [['x']])],
    });
    const given = ['A'];
    const first = decideNow(table, { x: given });
    given.push('B');
    assert.deepEqual(first.inputs['x'], ['A']);
    const made = first.outputs?.['row'];
    assert.throws(() => Array.isArray(made) && (made as string[]).push('y'), TypeError);
    Object.assign(first.outputs ?? {}, { row: 'changed' });
    assert.deepEqual(decideNow(table, { x: ['A'] }).outputs, { row: ['x'] });
  });

  it('expressions of one decision share a time, however many rows ask', async () => {
    const slow = '= $count($map([1..30000], function($n) { $n * 2 })) > 0 and false';
    const table = RuleTable.compile(
      tableFile({
        inputs: [{ name: 'x', expression: 'x', type: 'number' }],
        rows: Array.from({ length: 400 }, (_, i) => row(`r${i}`, [slow], ['stat'])),
      }),
    );
    const began = performance.now();
    assert.equal((await table.decide({ x: 1 }, { now: NOW })).error, 'rule-expression-limit');
    assert.ok(performance.now() - began < 15_000);
    assert.throws(
      () =>
        RuleTable.compile(
          tableFile({ rows: Array.from({ length: 2_001 }, (_, i) => row(`r${i}`, ['= true', '-'], ['stat'])) }),
        ),
      /more than 2000 cells of JSONata/,
    );
  });
});
