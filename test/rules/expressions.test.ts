import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import npmJsonata from 'jsonata';
import { describe, it } from 'mocha';
import { RuleTable } from '../../engine/rules/rule-table.ts';
import { NOW, row, tableFile } from './build-table.ts';

const table = (parts: Record<string, unknown>): RuleTable =>
  RuleTable.compile(
    tableFile({
      inputs: [{ name: 'x', label: 'X', expression: 'event.data.x', type: 'number' }],
      outputs: [{ name: 'out', type: 'number' }],
      otherwise: [0],
      ...parts,
    }),
  );

describe('expressions in rule tables', () => {
  it('are a promise in cells only where the table has some', async () => {
    const plain = table({ rows: [row('a', ['> 1'], [1])] });
    assert.ok(!(plain.decide({ x: 2 }, { now: NOW }) instanceof Promise));
    const written = table({ rows: [row('a', ['= $value > 1 and $value % 2 = 0'], ['= x + 0.5'])] });
    const decision = written.decide({ x: 4 }, { now: NOW });
    assert.ok(decision instanceof Promise);
    assert.deepEqual((await decision).outputs, { out: 4.5 });
    assert.deepEqual((await written.decide({ x: 3 }, { now: NOW })).outputs, { out: 0 });
  });

  it('see what is missing as null, and a condition over nothing does not hold', async () => {
    const written = table({ rows: [row('a', ['= $value = null'], [1]), row('b', ['= nothing.here'], [2])] });
    assert.deepEqual((await written.decide({ x: 'text' }, { now: NOW })).matched, ['a']);
    assert.deepEqual((await written.decide({ x: 1 }, { now: NOW })).matched, []);
  });

  it('make an error decision when they fail, naming the place and nothing of the input', async () => {
    for (const [when, gives, code] of [
      ['= $value & "x" > 5', 1, 'rule-expression-failed'],
      ['= $error("the patient is Erika")', 1, 'rule-expression-failed'],
      ['= 5', 1, 'rule-expression-failed'],
      ['-', '= "text"', 'rule-output-invalid'],
      ['-', '= $eval("1")', 'rule-expression-failed'],
      ['-', '= $random()', 'rule-expression-failed'],
    ] as const) {
      const decision = await table({ rows: [row('a', [when], [gives])] }).decide({ x: 3 }, { now: NOW });
      assert.equal(decision.error, code, when + String(gives));
      assert.equal(decision.outputs, null);
      assert.match(decision.sentence, /row a, column (x|out)/);
      assert.doesNotMatch(decision.sentence, /Erika/);
    }
  });

  it('are bounded in depth and time', async () => {
    const endless = table({ rows: [row('a', ['= ($f := function($n) { 1 + $f($n + 1) }; $f(1) > 0)'], [1])] });
    const decided = await endless.decide({ x: 1 }, { now: NOW });
    assert.equal(decided.error, 'rule-expression-limit');
    assert.match(decided.sentence, /row a, column x/);
    const began = performance.now();
    const slow = table({ rows: [row('a', ['= $count([1..1000000]) > 0'], [1])] });
    assert.equal((await slow.decide({ x: 1 }, { now: NOW })).error, 'rule-expression-limit');
    assert.ok(performance.now() - began < 3_000);
  });

  it('are given the time of the decision, not of the machine', async () => {
    const written = table({ rows: [row('a', ['= $now() = "2026-03-10T12:00:00.000Z"'], ['= $millis()'])] });
    assert.deepEqual((await written.decide({ x: 1 }, { now: NOW })).outputs, { out: NOW.getTime() });
  });

  it('find the inputs in event, message and now', async () => {
    const written = table({
      inputs: [
        { name: 'x', expression: 'event.data.x', type: 'number' },
        { name: 'first', expression: 'event.data.list[0].code', type: 'string' },
        { name: 'codes', expression: 'event.data.list.code', type: 'list' },
        { name: 'one', expression: 'event.data.single.code', type: 'list' },
        { name: 'day', expression: '$substring(now, 0, 10)', type: 'date' },
        { name: 'control', expression: 'message.fields.`MSH-10`', type: 'string' },
        { name: 'gone', expression: 'event.data.toString', type: 'string' },
      ],
      rows: [row('a', ['-', '-', '-', '-', '-', '-', '-'], [1])],
    });
    const event = { data: { x: 5, list: [{ code: 'A' }, { code: 'B' }], single: [{ code: 'C' }] } };
    const decision = await written.decideFor({ event, message: { fields: { 'MSH-10': 'ID1' } } }, { now: NOW });
    assert.deepEqual(decision.inputs, {
      x: 5,
      first: 'A',
      codes: ['A', 'B'],
      one: ['C'],
      day: '2026-03-10',
      control: 'ID1',
      gone: null,
    });
    const without = await written.decideFor({ event: null, message: null }, { now: NOW });
    assert.deepEqual(without.missing, ['x', 'first', 'codes', 'one', 'control', 'gone']);
  });

  it('make an error decision when an input cannot be evaluated', async () => {
    const written = table({
      inputs: [{ name: 'x', expression: '$number(event.data.x)', type: 'number' }],
      rows: [row('a', ['-'], [1])],
    });
    const decision = await written.decideFor({ event: { data: { x: 'secret' } }, message: null }, { now: NOW });
    assert.equal(decision.error, 'rule-expression-failed');
    assert.doesNotMatch(decision.sentence, /secret/);
  });

  it('are refused when they are not JSONata, naming the place', () => {
    const refused = (parts: Record<string, unknown>): RegExp | undefined => {
      try {
        table(parts);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'rule-table-invalid');
        return new RegExp((error as Error).message.replaceAll(/[^\w ]/g, '.'));
      }
      return undefined;
    };
    assert.match(String(refused({ rows: [row('a', ['= $value >'], [1])] })), /row a. column x/);
    assert.match(String(refused({ rows: [row('a', ['-'], ['= (1'])] })), /row a. column out/);
    assert.match(
      String(refused({ inputs: [{ name: 'x', expression: 'a..', type: 'number' }], rows: [row('a', ['-'], [1])] })),
      /input x/,
    );
  });
});

describe('both copies of JSONata', () => {
  // Node-RED evaluates expressions in nodes with a copy of its own: an analyst must not meet two languages.
  const nodeRedJsonata = createRequire(import.meta.url)('@node-red/util/lib/jsonata.js') as typeof npmJsonata;
  const input = {
    event: {
      name: 'lab.result.final',
      data: {
        value: 6.9,
        text: '6.9',
        empty: '',
        none: null,
        flags: ['HH'],
        list: [{ code: 'I50.9' }, { code: null }, { code: 'E11' }],
        born: '1970-04-12',
      },
    },
    now: '2026-03-10T12:00:00.000Z',
  };
  const GOLDEN: readonly (readonly [string, unknown])[] = [
    ['event.data.value', 6.9],
    ['event.data.value > 6.2 and event.name = "lab.result.final"', true],
    ['event.data.flags', ['HH']],
    ['event.data.flags[0]', 'HH'],
    ['event.data.list[code != null].$substring(code, 0, 3)', ['I50', 'E11']],
    ['event.data.list[code = "E11"].code', 'E11'],
    ['event.data.missing', undefined],
    ['event.data.none', null],
    ['event.data.none = null', true],
    ['event.data.missing = null', false],
    ['event.data.empty = ""', true],
    ['$exists(event.data.none)', true],
    ['$number(event.data.text) * 2', 13.8],
    ['event.data.text in ["6.9", "7"]', true],
    ['event.data.value ~> $string', '6.9'],
    ['$join(event.data.list.code[$ != null], ",")', 'I50.9,E11'],
    ['$fromMillis($toMillis(now) + 15 * 60000)', '2026-03-10T12:15:00.000Z'],
    ['$floor(($toMillis(now) - $toMillis(event.data.born)) / 31557600000)', 55],
    ['{ "a": event.data.none, "b": event.data.missing, "c": event.data.value }', { a: null, c: 6.9 }],
    ['event.data.none ? "yes" : "no"', 'no'],
    ['$sum([1, 2.5])', 3.5],
    ['($x := 3; $x < 5 ? "low")', 'low'],
    ['$match("PID-3.1", /^([A-Z]+)-/).groups[0]', 'PID'],
    ['$encodeUrlComponent("a b&c")', 'a%20b%26c'],
  ];
  for (const [name, jsonata] of [
    ["npm's", npmJsonata],
    ["Node-RED's", nodeRedJsonata],
  ] as const)
    it(`give the same answers: ${name}`, async () => {
      for (const [source, expected] of GOLDEN) {
        const result: unknown = await jsonata(source).evaluate(input);
        const plain = result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as unknown);
        assert.deepEqual(plain, expected, source);
      }
    });
});
