import assert from 'node:assert/strict';
import jsonata from 'jsonata';
import { describe, it } from 'mocha';
import { bounded, EXPRESSION_LIMITS, isExpressionLimit, type ExpressionLimits } from '../../engine/index.ts';
import { canGrow } from '../../engine/expressions/can-grow.ts';
import { ExpressionLimit } from '../../engine/expressions/expression-limit.ts';
import { TimedRegExp } from '../../engine/expressions/timed-reg-exp.ts';

const LIMITS: ExpressionLimits = { timeMs: 100, depth: 200, sequence: 1000, size: 1_000_000, counts: 'made' };
const evaluate = (source: string, input: unknown = {}): Promise<unknown> =>
  bounded(jsonata(source), LIMITS).evaluate(input);
const isLimit = (error: unknown): true => {
  assert.ok(isExpressionLimit(error), String(error));
  return true;
};

describe('a bounded expression', () => {
  it('gives what it gives without bounds', async () => {
    assert.equal(await evaluate('$sum(a.b)', { a: [{ b: 1 }, { b: 2 }] }), 3);
    assert.equal(await evaluate('$replace(t, /(\\d+)-(\\d+)/, "$2-$1")', { t: '12-345' }), '345-12');
    const list = (await evaluate('$match("ab-cd", /[a-z]{2}/).match')) as string[];
    assert.deepEqual([...list], ['ab', 'cd']);
    assert.deepEqual(structuredClone(list).length, 2, 'it may go on on a message');
    for (let i = 0; i < LIMITS.sequence; i++) list.push('more');
    assert.equal(await evaluate('$reduce([1..1000], function($a, $b) { $a + $b })'), 500_500);
  });

  for (const [what, source] of [
    ['an endless loop', '($f := function() { $f() }; $f())'],
    ['endless nesting', '($f := function($n) { 1 + $f($n + 1) }; $f(1))'],
    ['a range', '[1..2000]'],
    ['a list that grows', '$reduce([1..900], function($a, $b) { $append($a, [$b, $b]) })'],
    ['much of everything', '$map([1..1000], function($a) { $map([1..1000], function($b) { $a * $b }) })'],
    ['what another expression makes', '$eval("[1..2000]")'],
    ['a regular expression that tries ever more', '$contains(t, /^(a+)+$/)'],
    ['a regular expression over a long text', '$contains(t & $pad("", 100000, " "), /\\s+x\\s+y\\s+$/)'],
  ] as const)
    it(`ends ${what}`, async () => {
      const began = performance.now();
      await assert.rejects(evaluate(source, { t: `${'a'.repeat(40)}!` }), isLimit);
      assert.ok(performance.now() - began < 3000);
    });

  const double = '$double := function($text, $n) { $n = 0 ? $text : $double($text & $text, $n - 1) };';
  for (const [what, source] of [
    ['text that doubles', `(${double} $count($split($double("x", 28), "")))`],
    ['what stands in itself twice, again and again', '$reduce([1..28], function($a, $n) { {"a": $a, "b": $a} }, 1)'],
    ['text that a function doubles with no expression between', '$reduce([1..28].("x"), $replace(?, ?, "xx"), "x")'],
    ['lists that a function adds up with no expression between', '$reduce([1..900].[[1..900]], $append)'],
    ['long text between many', `(${double} $join([1..900].("a"), $double("x", 13)))`],
    ['long text to fill up with', `(${double} $pad("a", 900, $double("x", 13)))`],
  ] as const)
    for (const counts of ['everything', 'made'] as const)
      it(`ends ${what}, where ${counts} counts`, async () => {
        const expression = bounded(jsonata(source), { ...LIMITS, timeMs: 10_000, size: 10_000, counts });
        await assert.rejects(expression.evaluate({}), (error) => isLimit(error) && /\b10000\b/.test(String(error)));
      });

  for (const [what, source] of [
    ['what a path makes of itself', '$reduce([1..28], function($a, $n) { [1..2].{"a": $a} }, 1)'],
    ['what is turned round in between', '$reduce([1..28], function($a, $n) { {"a": $reverse([$a, $a])} }, 1)'],
    ['what is merged in between', '$reduce([1..28], function($a, $n) { $merge([{"a": $a}, {"b": $a}]) }, 1)'],
    ['what a function maps', '$reduce([1..28], function($a, $n) { {"a": $map([1, 2], function($x) { $a })} }, 1)'],
    ['what is grouped', '$reduce([1..28], function($a, $n) { [{"k": "a"}, {"k": "b"}]{k: $a} }, 1)'],
  ] as const)
    it(`ends ${what}, again and again`, async () => {
      await assert.rejects(bounded(jsonata(source), { ...LIMITS, timeMs: 10_000 }).evaluate({}), isLimit);
    });

  it('ends a deployed one at sixteen million, and takes an input of any size as it is', async () => {
    const doubling = jsonata(`(${double} $length($double(text, n)))`);
    const [text, list] = ['x'.repeat(1000), Array.from({ length: 50_000 }, () => 'y'.repeat(1000))];
    assert.equal(await bounded(doubling).evaluate({ text, n: 13 }), 8_192_000);
    await assert.rejects(
      bounded(doubling).evaluate({ text, n: 14 }),
      (error) => isLimit(error) && /16000000/.test(String(error)),
    );
    assert.equal(await bounded(jsonata('($f := function($l) { $count($l) }; $f(list))')).evaluate({ list }), 50_000);
    assert.ok(EXPRESSION_LIMITS.size < 20_000_000);
  });

  it('weighs nothing where an expression only looks, compares and counts', () => {
    for (const harmless of [
      'event.data.value > 6.2 and $exists(event.data.unit)',
      'list[code = "a"][0].value',
      '($kind := type; $kind = "x" or $contains(text, /x+/)) ? -1 : $sum(a.b)',
      'a.b.%.c^(>d).**',
    ])
      assert.equal(canGrow(jsonata(harmless).ast()), false, harmless);
    for (const growing of [
      'a & b',
      '{"a": b}',
      'a{b: c}',
      '[1..n]',
      '$join(a)',
      '$f(a)',
      '($sum := $pad; $sum("x", 1000000))',
      'a ~> $string',
      '$pad(?, 9)("x")',
      'a ~> |b|{"c": d}|',
      '$reduce([a, b], $append)',
    ])
      assert.equal(canGrow(jsonata(growing).ast()), true, growing);
  });

  it('gives what it gives without bounds, where values are limited', async () => {
    const input: Record<string, unknown> = { list: ['a', 'b'], text: 'abc', bytes: Buffer.alloc(10) };
    input['self'] = input;
    for (const source of [
      '$reduce([[1, 2], [3]], $append)',
      '$map(list, $string)',
      'list ~> $join("-")',
      'text.$pad(5, "-")',
      '$map(list, $replace(?, "a", "x"))',
      '$zip(list, [1, 2])',
      '($next := function($n) { $n + 1 }; {"n": $next(1), "text": text & $string(list)})',
      'self.text',
    ])
      for (const counts of ['everything', 'made'] as const)
        assert.equal(
          JSON.stringify(await bounded(jsonata(source), { ...LIMITS, size: 10_000, counts }).evaluate(input)),
          JSON.stringify(await jsonata(source).evaluate(input)),
          source,
        );
  });

  it('is bounded in each evaluation anew, also in two at once', async () => {
    const expression = bounded(jsonata('$reduce([1..n], function($a, $b) { $a + $b })'), LIMITS);
    for (let i = 0; i < 3; i++) {
      await assert.rejects(expression.evaluate({ n: 2000 }), isLimit);
      assert.equal(await expression.evaluate({ n: 4 }), 10);
    }
    const both = await Promise.allSettled([expression.evaluate({ n: 2000 }), expression.evaluate({ n: 4 })]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
  });

  it('says nothing of what it was given', async () => {
    const rejected = await evaluate('$map([1..2000], function($n) { name })', { name: 'Example' }).catch(
      (error: unknown) => error,
    );
    assert.doesNotMatch(JSON.stringify(rejected) + String(rejected), /Example/);
  });

  it('takes other failures for what they are', async () => {
    await assert.rejects(evaluate('$number("x")'), (error) => !isExpressionLimit(error));
  });
});

describe('a regular expression with a time limit', () => {
  it('finds what any other would, from where it stands', () => {
    for (const [source, flags, text] of [
      ['a+', 'g', 'xaaxa'],
      ['(?:ab)+', 'g', 'xababxab'],
      ['(?<year>\\d{4})', '', 'in 2026'],
      ['nothing', 'g', 'x'],
    ] as const) {
      const [timed, plain] = [new TimedRegExp(new RegExp(source, flags)), new RegExp(source, flags)];
      for (let i = 0; i < 4; i++) {
        assert.deepEqual(timed.exec(text), plain.exec(text));
        assert.equal(timed.lastIndex, plain.lastIndex);
      }
    }
  });

  it('ends what would take for ever, and works on', () => {
    assert.throws(() => new TimedRegExp(/^(\w+\s?)*$/).exec(`${'word '.repeat(12)}!`.repeat(3)), ExpressionLimit);
    assert.throws(() => new TimedRegExp(/(.*)\1x/).exec('ab'.repeat(20_000)), ExpressionLimit);
    assert.ok(new TimedRegExp(/^(\w+\s?)*$/).exec('two words'));
  });
});
