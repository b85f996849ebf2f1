import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { linkGraph, type LinkFacts } from '../../engine/identity/link-graph.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const links = fc
  .array(
    fc.record({
      prior: fc.constantFrom(...KEYS),
      survivor: fc.constantFrom(...KEYS),
      kind: fc.constantFrom<LinkFacts['kind'][]>('merged', 'renumbered', 'person', 'stated'),
      at: fc.integer({ min: 0, max: 5 }),
      isUndone: fc.boolean(),
    }),
    { maxLength: 14 },
  )
  .map((all) =>
    all
      .filter(({ prior, survivor }) => prior !== survivor)
      .map(({ isUndone, ...one }, i): LinkFacts => ({
        ...one,
        id: `l${i}`,
        undone: isUndone ? { by: 'user:ana', at: 9, reason: 'wrong' } : null,
      })),
  );
const survivors = (given: readonly LinkFacts[]): readonly string[] => {
  const graph = linkGraph(given);
  return KEYS.map((key) => graph.survivorOf(key));
};
const SEED = { seed: 9, numRuns: 500 };

describe('links between patient numbers', () => {
  it('give the same survivors in whatever order they came', () => {
    fc.assert(
      fc.property(
        links.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => assert.deepEqual(survivors(shuffled), survivors(all)),
      ),
      SEED,
    );
  });

  it('lead to one that leads no further', () => {
    fc.assert(
      fc.property(links, (all) => {
        const graph = linkGraph(all);
        for (const key of KEYS) assert.equal(graph.survivorOf(graph.survivorOf(key)), graph.survivorOf(key));
        for (const { prior } of all.filter((link) => graph.counts(link)))
          assert.notEqual(graph.survivorOf(prior), prior);
      }),
      SEED,
    );
  });

  it('are as if they had never been once they are taken back', () => {
    fc.assert(
      fc.property(links, (all) =>
        assert.deepEqual(survivors(all), survivors(all.filter(({ undone }) => undone === null))),
      ),
      SEED,
    );
  });

  it('count if they are the newest of their number, unless newer ones lead back', () => {
    fc.assert(
      fc.property(links, (all) => {
        const graph = linkGraph(all);
        const counting = all.filter((link) => graph.counts(link));
        for (const { prior, survivor, ...link } of all.filter(({ undone }) => undone === null)) {
          if (graph.counts(link)) continue;
          const outranks = counting.some((other) => other.prior === prior);
          assert.ok(outranks || graph.survivorOf(survivor) === graph.survivorOf(prior), 'set aside without a reason');
        }
      }),
      SEED,
    );
  });

  it('put what one message states behind a merge, whatever their times', () => {
    const at = { undone: null, prior: 'a' } as const;
    const stated: LinkFacts = { ...at, id: '1', survivor: 'b', kind: 'stated', at: 9 };
    const merged: LinkFacts = { ...at, id: '2', survivor: 'c', kind: 'merged', at: 1 };
    assert.equal(linkGraph([stated, merged]).survivorOf('a'), 'c');
  });
});
