import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RuleTable } from '../../../engine/index.ts';
import { reachOf, readTest } from '../../../governance/diff/words/unary-test.ts';

const number = fc.integer({ min: -2, max: 6 }).map((n) => n / 2);
const time = fc.integer({ min: 0, max: 23 }).map((hour) => `time("${String(hour).padStart(2, '0')}:30")`);
const word = fc.constantFrom('"A"', '"B"', '"C"', '""');

function cells(type: 'number' | 'time' | 'string' | 'list'): fc.Arbitrary<string> {
  const point = type === 'number' ? number.map(String) : type === 'time' ? time : word;
  const bounds = fc.tuple(point, point).filter(([a, b]) => (type === 'number' ? Number(a) < Number(b) : a !== b));
  const ordered = fc.oneof(
    point,
    fc.tuple(fc.constantFrom('<', '<=', '>', '>='), point).map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constantFrom('[', '(', ']'), bounds, fc.constantFrom(']', ')', '['))
      .map(([open, [low, high], close]) => `${open}${low}..${high}${close}`),
  );
  const one = type === 'number' || type === 'time' ? ordered : point;
  const some = fc.array(fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: fc.constant('null') }), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant('-') },
    { weight: 5, arbitrary: some.map((list) => list.join(', ')) },
    { weight: 2, arbitrary: some.map((list) => `not(${list.join(', ')})`) },
  );
}

const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  number: [null, ...Array.from({ length: 24 }, (_, i) => (i - 6) / 4)],
  time: [
    null,
    ...Array.from({ length: 24 }, (_, hour) => [
      `${String(hour).padStart(2, '0')}:30`,
      `${String(hour).padStart(2, '0')}:45`,
    ]).flat(),
  ],
  string: [null, 'A', 'B', 'C', '', 'D'],
  list: [null, [], ['A'], ['B'], ['A', 'B'], ['D'], ['C', 'D']],
};

/** What the engine lets through. */
function taken(cell: string, type: string): readonly boolean[] {
  const row = Object.fromEntries(
    new Map<string, unknown>([
      ['id', 'r'],
      ['when', [cell]],
      ['then', [true]],
    ]),
  );
  const table = RuleTable.compile({
    kind: 'rule-table',
    format: 1,
    name: 'one',
    title: 'One row',
    owner: { name: 'test', contact: 'test' },
    reason: 'test',
    hitPolicy: 'FIRST',
    inputs: [{ name: 'value', type, expression: 'value' }],
    outputs: [{ name: 'hit', type: 'boolean' }],
    rows: [row],
    otherwise: null,
  });
  return (VALUES[type] ?? []).map((value) => {
    const decision = table.decide({ value }, { now: new Date('2026-03-10T12:00:00Z') });
    if (decision instanceof Promise) throw new TypeError('the table has no expression');
    return decision.matched.length > 0;
  });
}

describe('what a changed cell lets through', () => {
  for (const type of ['number', 'time', 'string', 'list'] as const)
    it(`is said as the engine decides, for a ${type}`, () => {
      const seen = new Map<string, number>();
      fc.assert(
        fc.property(cells(type), cells(type), (before, after) => {
          const reach = reachOf(readTest(before, type), readTest(after, type), type);
          const [old, now] = [taken(before, type), taken(after, type)];
          const lost = old.some((hit, i) => hit && !now[i]);
          const won = now.some((hit, i) => hit && !old[i]);
          seen.set(String(reach), (seen.get(String(reach)) ?? 0) + 1);
          if (reach === 'same') assert.deepEqual([lost, won], [false, false]);
          if (reach === 'fewer') assert.equal(won, false);
          if (reach === 'more') assert.equal(lost, false);
        }),
        { seed: 20261121, numRuns: 500 },
      );
      for (const reach of ['same', 'fewer', 'more', 'other'])
        assert.ok((seen.get(reach) ?? 0) >= 5, `${reach}: ${seen.get(reach)}`);
    });
});
