/** Cases of our own, written from DMN 1.3 clause 8.2.10 (hit policies) and 8.2.11 (default output). */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { decideNow, NOW, row, tableFile } from './build-table.ts';

const X = [{ name: 'x', label: 'X', expression: 'x', type: 'number' }];
const LANES = [{ name: 'lane', type: 'string', values: ['stat', 'urgent', 'routine'] }];
const POINTS = [{ name: 'points', type: 'number' }];

const compile = (parts: Record<string, unknown>): RuleTable =>
  RuleTable.compile(tableFile({ inputs: X, otherwise: null, ...parts }));

const collect = (aggregation: string | undefined, rows: readonly object[], more = {}): RuleTable =>
  compile({
    hitPolicy: 'COLLECT',
    ...(aggregation === undefined ? {} : { aggregation }),
    outputs: POINTS,
    rows,
    ...more,
  });

const refused = (parts: Record<string, unknown>, what: RegExp): void => {
  assert.throws(() => compile(parts), { code: 'rule-table-invalid' });
  assert.throws(() => compile(parts), what);
};

describe('UNIQUE', () => {
  const table = compile({
    hitPolicy: 'UNIQUE',
    outputs: LANES,
    rows: [row('low', ['< 3'], ['urgent']), row('high', ['> 6'], ['stat']), row('very', ['> 9'], ['stat'])],
  });

  it('gives the only row that matches', () => {
    const decision = decideNow(table, { x: 7 });
    assert.deepEqual([decision.matched, decision.outputs], [['high'], { lane: 'stat' }]);
  });

  it('is an error where two match, even if they say the same', () => {
    const decision = decideNow(table, { x: 10 });
    assert.equal(decision.error, 'rule-several-matched');
    assert.deepEqual([decision.matched, decision.outputs], [['high', 'very'], null]);
  });

  it('decides nothing where none matches and there is no otherwise', () => {
    const decision = decideNow(table, { x: 5 });
    assert.deepEqual([decision.matched, decision.outputs, decision.error], [[], null, null]);
  });
});

describe('FIRST', () => {
  it('takes the upper of two rows, whatever they say', () => {
    const table = compile({
      outputs: LANES,
      rows: [row('a', ['> 3'], ['routine']), row('b', ['> 1'], ['stat'])],
    });
    assert.deepEqual(decideNow(table, { x: 5 }).matched, ['a']);
    assert.deepEqual(decideNow(table, { x: 2 }).matched, ['b']);
  });
});

describe('PRIORITY', () => {
  const table = compile({
    hitPolicy: 'PRIORITY',
    outputs: [...LANES, { name: 'desk', type: 'string', values: ['ward', 'laboratory'] }, ...POINTS],
    rows: [
      row('routine', ['> 0'], ['routine', 'ward', 1]),
      row('urgent-lab', ['> 2'], ['urgent', 'laboratory', 2]),
      row('urgent-ward', ['> 4'], ['urgent', 'ward', 3]),
      row('stat', ['> 6'], ['stat', 'laboratory', 4]),
      row('silent', ['> 6'], [null, 'ward', 5]),
    ],
  });
  const decided = (x: number): unknown => decideNow(table, { x }).outputs?.['points'];

  it('gives the outputs that stand first in the list of values, not the row that stands first', () => {
    assert.deepEqual([decided(1), decided(3), decided(7)], [1, 2, 4]);
  });

  it('compares the next output where the first is the same', () => {
    assert.equal(decided(5), 3);
  });

  it('puts the row that decides before the others that match', () => {
    const decision = decideNow(table, { x: 7 });
    assert.deepEqual(decision.matched, ['stat', 'routine', 'urgent-lab', 'urgent-ward', 'silent']);
    assert.equal(
      decision.sentence,
      'X 7 is > 6: row stat, which goes before rows routine, urgent-lab, urgent-ward and silent',
    );
  });

  it('takes the upper of two rows of the same priority', () => {
    const same = compile({
      hitPolicy: 'PRIORITY',
      outputs: [...LANES, ...POINTS],
      rows: [row('b', ['> 0'], ['stat', 1]), row('a', ['> 0'], ['stat', 2])],
    });
    assert.deepEqual(decideNow(same, { x: 1 }).outputs, { lane: 'stat', points: 1 });
  });

  it('is refused where no output has an order of values', () => {
    refused({ hitPolicy: 'PRIORITY', outputs: POINTS, rows: [row('a', ['-'], [1])] }, /in the order of their priority/);
  });

  it('ranks what an expression gives', async () => {
    const written = compile({
      hitPolicy: 'PRIORITY',
      outputs: LANES,
      rows: [row('plain', ['-'], ['urgent']), row('made', ['-'], ['= x > 5 ? "stat" : "routine"'])],
    });
    assert.equal((await written.decide({ x: 6 }, { now: NOW })).matched[0], 'made');
    assert.equal((await written.decide({ x: 1 }, { now: NOW })).matched[0], 'plain');
  });
});

describe('ANY', () => {
  const table = compile({
    hitPolicy: 'ANY',
    outputs: [...LANES, ...POINTS],
    rows: [row('a', ['> 0'], ['stat', 1]), row('b', ['> 3'], ['stat', 1]), row('c', ['> 6'], ['stat', 2])],
  });

  it('gives what all rows that match agree on', () => {
    const decision = decideNow(table, { x: 4 });
    assert.deepEqual([decision.matched, decision.outputs], [['a', 'b'], { lane: 'stat', points: 1 }]);
    assert.equal(decision.sentence, 'X 4 is > 0: row a; row b says the same');
  });

  it('is an error where they differ in any output, naming the rows', () => {
    const decision = decideNow(table, { x: 7 });
    assert.deepEqual([decision.error, decision.outputs], ['rule-rows-differ', null]);
    assert.deepEqual(decision.matched, ['a', 'b', 'c']);
    assert.match(decision.sentence, /Rows: a, b, c\./);
  });

  it('compares lists by what is in them', () => {
    const lists = compile({
      hitPolicy: 'ANY',
      outputs: [{ name: 'to', type: 'list' }],
      rows: [row('a', ['-'], [['x', 'y']]), row('b', ['-'], [['x', 'y']]), row('c', ['> 5'], [['y', 'x']])],
    });
    assert.deepEqual(decideNow(lists, { x: 1 }).outputs, { to: ['x', 'y'] });
    assert.equal(decideNow(lists, { x: 6 }).error, 'rule-rows-differ');
  });
});

describe('COLLECT', () => {
  const rows = [row('a', ['> 0'], [0.1]), row('b', ['> 3'], [0.2]), row('c', ['> 6'], [-4])];

  it('lists the outputs of all rows that match, in table order', () => {
    for (const table of [collect(undefined, rows), collect('none', rows)]) {
      assert.deepEqual(decideNow(table, { x: 7 }).outputs, { points: [0.1, 0.2, -4] });
      assert.deepEqual(decideNow(table, { x: 1 }).outputs, { points: [0.1] });
    }
  });

  it('keeps the outputs of a row at the same place of each list', () => {
    const table = collect(undefined, [row('a', ['-'], [1, null]), row('b', ['-'], [null, 'stat'])], {
      outputs: [...POINTS, ...LANES],
    });
    assert.deepEqual(decideNow(table, { x: 1 }).outputs, { points: [1, null], lane: [null, 'stat'] });
  });

  it('adds up decimal numbers as people do', () => {
    const table = collect('SUM', rows);
    assert.deepEqual(decideNow(table, { x: 4 }).outputs, { points: 0.3 });
    assert.deepEqual(decideNow(table, { x: 7 }).outputs, { points: -3.7 });
  });

  it('takes the least and the greatest', () => {
    assert.deepEqual(decideNow(collect('MIN', rows), { x: 7 }).outputs, { points: -4 });
    assert.deepEqual(decideNow(collect('MAX', rows), { x: 7 }).outputs, { points: 0.2 });
    const dates = (aggregation: string): RuleTable =>
      collect(aggregation, [row('a', ['-'], ['2026-03-01']), row('b', ['-'], ['2025-12-31'])], {
        outputs: [{ name: 'day', type: 'date' }],
      });
    assert.deepEqual(decideNow(dates('MIN'), { x: 1 }).outputs, { day: '2025-12-31' });
    assert.deepEqual(decideNow(dates('MAX'), { x: 1 }).outputs, { day: '2026-03-01' });
  });

  it('counts the rows that match, whatever they say', () => {
    const table = collect('COUNT', [row('a', ['> 0'], ['stat']), row('b', ['> 3'], [null])], {
      outputs: LANES,
      otherwise: [0],
    });
    assert.deepEqual(decideNow(table, { x: 4 }).outputs, { lane: 2 });
    assert.deepEqual(decideNow(table, { x: 0 }).outputs, { lane: 0 });
  });

  it('has no sum, least or count of no rows: otherwise holds, or nothing is decided', () => {
    for (const aggregation of ['none', 'SUM', 'MIN', 'MAX', 'COUNT']) {
      assert.equal(decideNow(collect(aggregation, rows), { x: 0 }).outputs, null, aggregation);
      const otherwise = decideNow(collect(aggregation, rows, { otherwise: [9] }), { x: 0 }).outputs;
      assert.deepEqual(otherwise, { points: aggregation === 'none' ? [9] : 9 }, aggregation);
    }
  });

  it('refuses a row that says nothing where values are added or compared: null is not 0', () => {
    for (const aggregation of ['SUM', 'MIN', 'MAX'])
      assert.throws(
        () => collect(aggregation, [row('a', ['-'], [1]), row('b', ['-'], [null])]),
        /row b, column points must be a number: nothing is not 0/,
      );
  });

  it('is an error where an expression gives nothing to add, or too much', async () => {
    for (const gives of ['= nothing.here', '= null']) {
      const table = collect('SUM', [row('a', ['-'], [1]), row('b', ['-'], [gives])]);
      assert.equal((await table.decide({ x: 1 }, { now: NOW })).error, 'rule-output-invalid');
    }
    const huge = collect('SUM', [row('a', ['-'], [1e308]), row('b', ['-'], [1e308])]);
    assert.equal(decideNow(huge, { x: 1 }).error, 'rule-output-invalid');
  });

  it('refuses to add text, to order truth, and an aggregation of another policy', () => {
    refused(
      { hitPolicy: 'COLLECT', aggregation: 'SUM', outputs: LANES, rows: [row('a', ['-'], ['stat'])] },
      /SUM takes/,
    );
    refused(
      {
        hitPolicy: 'COLLECT',
        aggregation: 'MAX',
        outputs: [{ name: 'b', type: 'boolean' }],
        rows: [row('a', ['-'], [true])],
      },
      /MAX takes/,
    );
    refused({ hitPolicy: 'FIRST', aggregation: 'SUM', outputs: POINTS, rows: [row('a', ['-'], [1])] }, /belongs to/);
    refused(
      {
        hitPolicy: 'COLLECT',
        aggregation: 'COUNT',
        outputs: [...POINTS, ...LANES],
        rows: [row('a', ['-'], [1, null])],
      },
      /must be one/,
    );
    refused(
      { hitPolicy: 'COLLECT', aggregation: 'MEAN', outputs: POINTS, rows: [row('a', ['-'], [1])] },
      /aggregation/,
    );
  });

  it('takes at most a thousand rows together, and says so', () => {
    const many = Array.from({ length: 1_001 }, (_, i) => row(`r${i}`, [i === 0 ? '> 5' : '-'], [1]));
    const table = collect('SUM', many);
    assert.deepEqual(decideNow(table, { x: 5 }).outputs, { points: 1_000 });
    const decision = decideNow(table, { x: 6 });
    assert.deepEqual([decision.error, decision.outputs, decision.matched.length], ['rule-too-many-matched', null, 100]);
  });

  it('says in one sentence which rows came together', () => {
    assert.equal(
      decideNow(collect('SUM', rows), { x: 7 }).sentence,
      'Rows a, b and c match X 7: their outputs are added up',
    );
    assert.equal(decideNow(collect('SUM', rows), { x: 1 }).sentence, 'X 1 is > 0: row a');
  });
});

describe('every hit policy', () => {
  const build = (hitPolicy: string): RuleTable =>
    compile({
      hitPolicy,
      outputs: LANES,
      rows: [
        row('old', ['> 0'], ['stat'], { effective: { from: null, to: '2026-03-09' } }),
        row('new', ['> 0'], ['urgent'], { effective: { from: '2026-03-10', to: null } }),
      ],
    });
  for (const hitPolicy of ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT'])
    it(`leaves out rows that are not in force: ${hitPolicy}`, () => {
      const table = build(hitPolicy);
      assert.deepEqual(decideNow(table, { x: 1 }, new Date('2026-03-09T12:00:00Z')).matched, ['old']);
      assert.deepEqual(decideNow(table, { x: 1 }, new Date('2026-03-10T12:00:00Z')).matched, ['new']);
    });

  it('gives the same with conditions in JSONata as with cells', async () => {
    for (const hitPolicy of ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT']) {
      const cells = ['> 8', '> 5', '> 5', '> 2'];
      const gives = ['stat', 'routine', 'routine', 'urgent'];
      const tables = [cells, cells.map((cell) => `= $value ${cell}`)].map((list) =>
        compile({
          hitPolicy,
          outputs: LANES,
          rows: list.map((cell, i) => row(`r${i}`, [cell], [gives[i]])),
        }),
      );
      for (const x of [1, 3, 6, 9]) {
        const [plain, written] = await Promise.all(tables.map(async (table) => table.decide({ x }, { now: NOW })));
        const facts = (decision: typeof plain): unknown[] => [decision?.matched, decision?.outputs, decision?.error];
        assert.deepEqual(facts(written), facts(plain), `${hitPolicy} at ${x}`);
      }
    }
  });
});
