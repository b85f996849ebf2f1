import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { column, firstRow } from './build-table.ts';

/** Whether one cell matches a value, through a compiled table. */
const matches = (type: string, cell: string, value: unknown): boolean => firstRow(type, [cell], value) === 'r0';

describe('cells', () => {
  it('match text exactly', () => {
    assert.ok(matches('string', '"A"', 'A'));
    assert.ok(!matches('string', '"A"', 'a'));
    assert.ok(!matches('string', '"A"', 'A '));
    assert.ok(matches('string', '"say \\"hi\\" \\u00e9"', 'say "hi" é'));
    assert.ok(matches('string', '"A","B", "C"', 'C'));
    assert.ok(!matches('string', '"A","B"', 'C'));
  });

  it('negate a whole list of alternatives', () => {
    assert.ok(matches('string', 'not("A")', 'B'));
    assert.ok(!matches('string', 'not("A", "B")', 'B'));
    assert.ok(matches('number', 'not(< 3, [5..6])', 4));
    assert.ok(!matches('number', 'not(< 3, [5..6])', 6));
    assert.ok(matches('string', 'not(null)', ''));
  });

  it('compare numbers at and beside each threshold', () => {
    for (const [cell, at2, at3, at4] of [
      ['> 3', false, false, true],
      ['>= 3', false, true, true],
      ['< 3', true, false, false],
      ['<= 3', true, true, false],
      ['3', false, true, false],
      ['[3..4]', false, true, true],
      ['(3..4]', false, false, true],
      [']3..4]', false, false, true],
      ['[3..4)', false, true, false],
      ['[2..3[', true, false, false],
      ['< 3, 4', true, false, true],
      ['>= 4, < 3', true, false, true],
      ['[-1e1..2.0]', true, false, false],
    ] as const) {
      assert.equal(matches('number', cell, 2), at2, `${cell} at 2`);
      assert.equal(matches('number', cell, 3), at3, `${cell} at 3`);
      assert.equal(matches('number', cell, 4), at4, `${cell} at 4`);
    }
    assert.ok(matches('number', '-2.5', -2.5));
    assert.ok(matches('number', '0', -0));
    assert.ok(matches('number', '(3..4)', 3.0000001));
    assert.ok(!matches('number', '> 6.2', 6.2));
  });

  it('compare booleans', () => {
    assert.ok(matches('boolean', 'true', true));
    assert.ok(!matches('boolean', 'false', true));
    assert.ok(!matches('boolean', 'true', 'true'));
    assert.ok(!matches('boolean', 'true', 1));
  });

  it('compare full dates', () => {
    assert.ok(matches('date', 'date("2026-01-01")', '2026-01-01'));
    assert.ok(matches('date', '>= date("2026-01-01")', '2026-02-28'));
    assert.ok(!matches('date', '[date("2026-01-01")..date("2026-01-31")]', '2026-02-01'));
    assert.ok(!matches('date', '>= date("2026-01-01")', '2026-02-30'), 'a day that does not exist');
    assert.ok(!matches('date', '>= date("2026-01-01")', '2026-05'), 'a month is no day');
    assert.ok(matches('date', '< date("2026-01-01")', '0099-12-31'));
  });

  it('wrap a time interval around midnight', () => {
    const night = '[time("22:00")..time("06:00")]';
    for (const inside of ['22:00', '23:59:59.999', '00:00', '06:00']) assert.ok(matches('time', night, inside), inside);
    for (const outside of ['21:59:59', '06:00:01', '12:00']) assert.ok(!matches('time', night, outside), outside);
    assert.ok(!matches('time', '(time("22:00")..time("06:00"))', '22:00'));
    assert.ok(!matches('time', '(time("22:00")..time("06:00"))', '06:00'));
    assert.ok(matches('time', 'not([time("22:00")..time("06:00")])', '12:00'));
    assert.ok(matches('time', '[time("08:00")..time("16:00")]', '08:00'));
    assert.ok(!matches('time', night, '24:00'));
  });

  it('compare moments across zones', () => {
    const cell = '>= date and time("2026-01-01T00:00:00+01:00")';
    assert.ok(matches('dateTime', cell, '2025-12-31T23:00:00Z'));
    assert.ok(!matches('dateTime', cell, '2025-12-31T22:59:59.999Z'));
    assert.ok(!matches('dateTime', cell, '2026-05-01T10:00:00'), 'without a zone it names no moment');
    assert.ok(matches('dateTime', cell, '2025-12-31T18:00:00.123456-05:00'));
  });

  it('ask of a list whether one of its elements matches', () => {
    assert.ok(matches('list', '"H"', ['L', 'H']));
    assert.ok(matches('list', '"H"', 'H'), 'JSONata unwraps a list of one');
    assert.ok(!matches('list', '"H"', []));
    assert.ok(matches('list', 'not("H")', []));
    assert.ok(matches('list', 'not("H", "HH")', ['L']));
    assert.ok(!matches('list', 'not("H", "HH")', ['L', 'HH']));
    assert.ok(matches('list', '"A", 5, true', [5]));
    assert.ok(!matches('list', '"5"', [5]));
    assert.equal(firstRow('list', ['"A"', '"B"', 'not("A","B")', '-'], ['C', 'B', 'B']), 'r1');
  });

  it('match what is missing only with - and null', () => {
    for (const missing of [null, undefined, Number.NaN, Infinity, '5', true, {}, [5], () => 5]) {
      assert.ok(matches('number', '-', missing));
      assert.ok(matches('number', 'null', missing));
      assert.ok(matches('number', 'null, < 3', missing));
      for (const cell of ['0', '< 7', '> -1', '[0..18)', 'not(5)', 'not(null)', 'not(< 3)'])
        assert.ok(!matches('number', cell, missing), `${cell} with a ${typeof missing}`);
    }
    assert.ok(!matches('number', 'null', 0));
    assert.ok(!matches('string', 'null', ''));
    assert.ok(!matches('string', '"5"', 5));
    assert.ok(!matches('string', 'not("A")', null));
  });

  it('are refused when broken, naming row and column', () => {
    const broken: readonly (readonly [string, string])[] = [
      ['number', '[3..'],
      ['number', '[3..5'],
      ['number', '3..5'],
      ['number', 'abc def'],
      ['number', '"q"'],
      ['number', '> '],
      ['number', '> 5 6'],
      ['number', '>> 5'],
      ['number', '= '],
      ['number', '5,'],
      ['number', 'not(5'],
      ['number', 'not 5'],
      ['number', '5 or 6'],
      ['number', '[6..5]'],
      ['number', '(5..5)'],
      ['number', '1e999'],
      ['number', '1.2.3'],
      ['number', '0x10'],
      ['number', ''],
      ['number', '--'],
      ['number', '> null'],
      ['string', '"q'],
      ['string', 'A'],
      ['string', '"A" "B"'],
      ['string', '> "A"'],
      ['string', '["A".."B"]'],
      ['string', '5'],
      ['string', '"\\x"'],
      ['string', 'not(not("A"))'],
      ['boolean', 'yes'],
      ['boolean', '"true"'],
      ['date', '"2026-01-01"'],
      ['date', 'date("2026-13-01")'],
      ['date', 'date("2026-02-29")'],
      ['time', 'time("25:00")'],
      ['time', '[time("22:00")..time("22:00"))'],
      ['dateTime', 'date and time("2026-01-01T00:00:00")'],
      ['list', '> 5'],
      ['string', '= ('],
      ['number', '= $value >'],
    ];
    for (const [type, cell] of broken)
      assert.throws(
        () => column(type, ['-', cell]),
        (error: Error & { code?: string }) =>
          error.code === 'rule-table-invalid' && /row r1, column x /.test(error.message),
        `${type}: ${cell}`,
      );
  });
});
