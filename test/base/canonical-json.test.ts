import assert from 'node:assert/strict';
import { assert as holds, jsonValue, property } from 'fast-check';
import { describe, it } from 'mocha';
import { canonicalJson } from '../../engine/index.ts';

describe('canonical JSON (RFC 8785)', () => {
  it('writes the example of section 3.2.2', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts members by UTF-16 code units (section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    assert.equal(canonicalJson(value), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
  });

  it('writes numbers as ECMAScript does (appendix B)', () => {
    const numbers: readonly [number, string][] = [
      [0, '0'],
      [-0, '0'],
      [5e-324, '5e-324'],
      [-1.7976931348623157e308, '-1.7976931348623157e+308'],
      [9007199254740992, '9007199254740992'],
      [1e21, '1e+21'],
      [999999999999999900000, '999999999999999900000'],
      [1e-7, '1e-7'],
      [0.000001, '0.000001'],
    ];
    for (const [value, text] of numbers) assert.equal(canonicalJson(value), text);
  });

  it('keeps the order of arrays and leaves out members that are undefined', () => {
    assert.equal(canonicalJson([3, 1, { b: undefined, a: [] }]), '[3,1,{"a":[]}]');
  });

  it('is the same whatever the order of members, and reads back as the same value', () => {
    holds(
      property(jsonValue(), (value) => {
        const text = canonicalJson(value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(reversed(value)), text);
      }),
      { seed: 8785, numRuns: 300 },
    );
  });

  const refused: readonly [string, unknown][] = [
    ['NaN', Number.NaN],
    ['infinity', Infinity],
    ['a bigint', 1n],
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate as a name', { '\udc00': 1 }],
    ['an array with a hole', Array.from({ length: 2 }).concat(1)],
  ];
  for (const [title, value] of refused) {
    it(`refuses ${title}, naming its place`, () => {
      assert.throws(() => canonicalJson({ in: [value] }), /^TypeError: \$\.in\[0\]/);
    });
  }

  it('refuses what is nested too deeply instead of running out of stack', () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    assert.throws(() => canonicalJson(value), /nested/);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
