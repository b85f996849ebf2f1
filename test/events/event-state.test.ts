import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { mergeState, type StateStatement } from '../../engine/index.ts';
import { counts } from '../kit/requires.ts';

const statement = fc
  .record({
    at: fc.integer({ min: 1, max: 1_000_000 }),
    fields: fc.dictionary(fc.constantFrom('place', 'class', 'name', '__proto__'), fc.constantFrom('A', 'B', 'C', null)),
    moves: fc.boolean(),
  })
  .map(({ at, fields, moves }): StateStatement => ({
    key: 'k',
    at,
    happened: at,
    fields,
    moved: moves ? Object.keys(fields) : [],
  }));

const valuesAfter = (statements: readonly StateStatement[]): Record<string, unknown> => {
  let state: ReturnType<typeof mergeState> | undefined;
  for (const one of statements) state = mergeState(state, one);
  return Object.fromEntries(Object.entries(state?.fields ?? {}).map(([name, [value]]) => [name, value]));
};

describe('the state of a patient or visit', () => {
  it('is the same in whatever order movements arrive', () => {
    let compared = 0;
    const several = fc.uniqueArray(statement, { minLength: 2, maxLength: 6, selector: ({ at }) => at });
    fc.assert(
      fc.property(several, fc.infiniteStream(fc.nat()), (statements, keys) => {
        const moving = statements.map((one) => ({ ...one, moved: Object.keys(one.fields) }));
        const shuffled = moving
          .map((one) => ({ one, key: keys.next().value as number }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ one }) => one);
        compared++;
        assert.deepEqual(valuesAfter(shuffled), valuesAfter(moving));
      }),
      { seed: 9, numRuns: counts(500, 20_000) },
    );
    assert.ok(compared >= 500);
  });

  it('never loses to an older statement of the same kind', () => {
    const say = (at: number, place: string, moved: readonly string[] = []): StateStatement => ({
      key: 'k',
      at,
      happened: at,
      fields: { place },
      moved,
    });
    assert.deepEqual(valuesAfter([say(1, 'A'), say(3, 'A'), say(2, 'B')]), { place: 'A' });
    assert.deepEqual(valuesAfter([say(3, 'A', ['place']), say(2, 'B')]), { place: 'A' });
    assert.deepEqual(valuesAfter([say(1, 'A'), say(3, 'A'), say(2, 'B', ['place'])]), { place: 'B' });
  });

  it('takes any name of a field for a name', () => {
    const fields = JSON.parse('{"__proto__":"A","constructor":"B"}') as Record<string, string>;
    const state = mergeState(undefined, { key: 'k', at: 1, happened: 1, fields, moved: [] });
    assert.deepEqual(Object.keys(state.fields).toSorted(), ['__proto__', 'constructor']);
  });
});
