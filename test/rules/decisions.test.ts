import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WardflowError } from '../../engine/base/errors.ts';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { column, decideNow, NOW, row, tableFile } from './build-table.ts';

const compile = (parts: Record<string, unknown>): RuleTable => RuleTable.compile(tableFile(parts));

function refusal(parts: Record<string, unknown>): WardflowError {
  let refused: unknown;
  try {
    compile(parts);
  } catch (error) {
    refused = error;
  }
  assert.ok(refused instanceof WardflowError, 'the table was taken');
  return refused;
}

describe('decisions', () => {
  it('say what was decided, from what, by which version', () => {
    const table = compile({});
    const decision = decideNow(table, { code: 'K', value: 6.4 });
    assert.deepEqual(JSON.parse(JSON.stringify(decision)), {
      table: 'trial',
      version: table.version,
      at: '2026-03-10T12:00:00.000Z',
      inputs: { code: 'K', value: 6.4 },
      matched: ['high'],
      outputs: { lane: 'stat' },
      missing: [],
      deterministic: true,
      error: null,
      sentence: 'Code is K and Value 6.4 mmol/L is > 6.2: row high (too high)',
    });
    assert.match(table.version, /^[0-9a-f]{64}$/);
    assert.notEqual(compile({ title: 'Another' }).version, table.version);
    assert.equal(compile(Object.fromEntries(Object.entries(tableFile()).toReversed())).version, table.version);
  });

  it('take the first row that matches under FIRST', () => {
    const table = column('number', ['> 10', '> 5', '> 0', '-']);
    assert.deepEqual(decideNow(table, { x: 7 }).matched, ['r1']);
    assert.deepEqual(decideNow(table, { x: 7 }).outputs, { row: 1 });
    assert.deepEqual(decideNow(table, { x: -1 }).matched, ['r3']);
  });

  it('are errors under UNIQUE where two rows match, naming them', () => {
    const table = column('number', ['> 5', '> 8', 'null'], { hitPolicy: 'UNIQUE' });
    assert.equal(decideNow(table, { x: 7 }).error, null);
    const decision = decideNow(table, { x: 9 });
    assert.equal(decision.error, 'rule-several-matched');
    assert.deepEqual(decision.matched, ['r0', 'r1']);
    assert.equal(decision.outputs, null);
    assert.match(decision.sentence, /Rows: r0, r1\./);
  });

  it('use otherwise, or say that no row matched', () => {
    assert.deepEqual(decideNow(compile({}), { code: 'K', value: 4 }).outputs, { lane: 'routine' });
    const none = decideNow(compile({ otherwise: null }), { code: 'K', value: 4 });
    assert.deepEqual([none.outputs, none.error, none.matched], [null, null, []]);
    assert.equal(none.sentence, 'No row matches Code K and Value 4 mmol/L: nothing is decided');
    const empty = decideNow(compile({ otherwise: null }), { code: '', value: 4 });
    assert.equal(empty.sentence, 'No row matches Code empty and Value 4 mmol/L: nothing is decided');
  });

  it('name what was missing or of the wrong type, and never compare it', () => {
    for (const value of [null, undefined, '6.9', Number.NaN, [6.9], { value: 6.9 }]) {
      const decision = decideNow(compile({}), { code: 'K', value });
      assert.deepEqual(decision.missing, ['value']);
      assert.deepEqual(decision.outputs, { lane: 'routine' });
      assert.equal(decision.inputs['value'], null);
      assert.match(decision.sentence, /; Value was missing$/);
    }
    assert.deepEqual(decideNow(compile({}), {}).missing, ['code', 'value']);
  });

  it('do not match null or text where 0 or a number would', () => {
    const table = column('number', ['[0..18)', '< 7', '0', '-']);
    for (const x of [null, undefined, '', '5', false]) assert.deepEqual(decideNow(table, { x }).matched, ['r3']);
  });

  it('leave a row out outside its dates, and the table itself', () => {
    const table = compile({
      rows: [
        row('old', ['-', '-'], ['stat'], { effective: { from: null, to: '2026-03-09' } }),
        row('new', ['-', '-'], ['urgent'], { effective: { from: '2026-03-10', to: null } }),
      ],
      effective: { from: '2026-01-01', to: '2026-12-31' },
    });
    const at = (time: string): unknown => {
      const decision = decideNow(table, {}, new Date(time));
      return decision.error ?? decision.matched[0];
    };
    assert.equal(at('2026-03-09T23:59:59.999Z'), 'old');
    assert.equal(at('2026-03-10T00:00:00Z'), 'new');
    assert.equal(at('2026-12-31T23:59:59Z'), 'new', 'the last day is in force to its end');
    assert.equal(at('2027-01-01T00:00:00Z'), 'rule-table-not-effective');
    assert.equal(at('2025-12-31T23:59:59Z'), 'rule-table-not-effective');
  });

  it('do not disturb each other', async () => {
    const table = column('number', ['> 5', '-'], {});
    const later = compile({
      inputs: [{ name: 'x', expression: 'x', type: 'number' }],
      outputs: [{ name: 'twice', type: 'number' }],
      rows: [row('any', ['= $value >= 0'], ['= x * 2'])],
      otherwise: [-1],
    });
    const decisions = await Promise.all(
      Array.from({ length: 200 }, async (_, x) => [
        (await table.decide({ x }, { now: NOW })).outputs?.['row'],
        (await later.decide({ x }, { now: NOW })).outputs?.['twice'],
      ]),
    );
    decisions.forEach((pair, x) => assert.deepEqual(pair, [x > 5 ? 0 : 1, x * 2]));
  });

  it('explain ranges, lists, negations, alternatives and what is missing', () => {
    const table = compile({
      inputs: [
        { name: 'age', label: 'Age', expression: 'age', type: 'number', unit: 'years' },
        { name: 'flags', label: 'Flag', expression: 'flags', type: 'list' },
        { name: 'unit', label: 'Unit', expression: 'unit', type: 'string' },
        { name: 'code', label: 'Code', expression: 'code', type: 'string' },
        { name: 'note', label: 'Note', expression: 'note', type: 'string' },
      ],
      rows: [row('all', ['[18..65)', '"H","HH"', 'not("ICU")', '"A", "B"', 'null'], ['stat'])],
    });
    assert.equal(
      decideNow(table, { age: 40, flags: ['L', 'HH'], unit: 'MED', code: 'B' }).sentence,
      'Age 40 years is within [18..65), Flag has HH, Unit MED is not "ICU", Code is B and Note is missing: row all; Note was missing',
    );
  });
});

describe('rule tables', () => {
  it('are refused with all that is wrong, by row and column', () => {
    const { code, message } = refusal({
      rows: [
        row('a', ['"K"', '[3..'], ['stat']),
        row('a', ['abc', '-'], ['immediately']),
        row('c', ['-'], ['stat', 'x']),
      ],
      otherwise: [5],
      tests: [
        { name: 't', input: { cod: 'K' }, expect: { lan: 'x' }, row: 'z' },
        { name: 'empty', input: {} },
      ],
    });
    assert.equal(code, 'rule-table-invalid');
    for (const part of [
      'rows has "a" twice',
      'row a, column value cannot be read at character 5',
      'row a, column code cannot be read at character 1: text in double quotes was expected',
      'row a, column lane must be one of "stat", "urgent", "routine"',
      'row c has 1 cells under "when" for 2 inputs',
      'row c has 2 cells under "then" for 1 outputs',
      'otherwise, column lane must be',
      'test "t" names cod under "input"',
      'test "t" names lan under "expect"',
      'test "t" names the row z',
      'test "empty" expects nothing',
    ])
      assert.ok(message.includes(part), `${part} in ${message}`);
  });

  it('are refused for unknown keys, saying which was meant', () => {
    assert.match(refusal({ hitPolcy: 'FIRST' }).message, /unknown key "hitPolcy" \(did you mean "hitPolicy"\?\)/);
    assert.match(
      refusal({ rows: [{ ...row('a', ['-', '-'], ['stat']), whem: [] }] }).message,
      /rows\[0\] has an unknown key "whem"/,
    );
    for (const json of [null, [], 'x', 5]) assert.throws(() => RuleTable.compile(json), { code: 'rule-table-invalid' });
  });

  it('refuse half of a surrogate pair, which no hash could cover', () => {
    assert.match(refusal({ reason: 'why \ud800' }).message, /without a canonical form/);
  });

  it('name a hit policy that this version does not offer', () => {
    for (const hitPolicy of ['RULE ORDER', 'OUTPUT ORDER']) {
      const error = refusal({ hitPolicy });
      assert.equal(error.code, 'rule-hit-policy-unsupported');
      assert.ok(error.message.includes(hitPolicy));
    }
    assert.equal(refusal({ hitPolicy: 'LAST' }).code, 'rule-table-invalid');
  });

  it('refuse effective dates that are none or end before they begin', () => {
    for (const effective of [
      { from: '2026-02-30', to: null },
      { from: '2026-03-01T10:00:00', to: null },
      { from: '2026-03-02', to: '2026-03-01' },
    ])
      assert.match(refusal({ effective }).message, /effective dates/);
  });

  it('run the tests that they carry, before they are in force, too', async () => {
    const table = compile({
      effective: { from: '2030-01-01', to: null },
      tests: [
        { name: 'right', input: { code: 'K', value: 7 }, expect: { lane: 'stat' }, row: 'high' },
        { name: 'wrong output', input: { code: 'K', value: 7 }, expect: { lane: 'urgent' } },
        { name: 'wrong row', input: { code: 'K', value: 1 }, row: 'high' },
        { name: 'no row', input: { code: 'K', value: 1 }, row: null, expect: { lane: 'routine' } },
        { name: 'not in force', input: {}, now: '2029-12-31T00:00:00Z', error: 'rule-table-not-effective' },
        { name: 'wrong time', input: {}, now: '2029-12-31T00:00:00Z', row: null },
      ],
    });
    assert.deepEqual(
      (await table.runTests({ now: NOW })).map(({ ok, difference }) => (ok ? null : difference)),
      [
        null,
        'lane is "stat", expected "urgent"',
        'no row matched, expected high',
        null,
        null,
        'the decision is the error rule-table-not-effective, expected a decision',
      ],
    );
  });
});
