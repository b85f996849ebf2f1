import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { threeWay, type FlowNode, type Side } from '../../../governance/diff/index.ts';

const node = (id: string, more: object = {}): FlowNode => ({
  id,
  type: 'switch',
  z: 'tab',
  value: 1,
  wires: [],
  ...more,
});
const tab: FlowNode = { id: 'tab', type: 'tab', label: 'A tab' };
const ids = (nodes: readonly FlowNode[]): readonly string[] => nodes.map(({ id }) => id);
const all = (side: Side, keys: readonly { readonly key: string }[]): ReadonlyMap<string, Side> =>
  new Map(keys.map(({ key }) => [key, side]));

describe('two changes of the same flows', () => {
  it('are put together where they do not touch', () => {
    const base = [tab, node('a'), node('b'), node('c')];
    const theirs = [tab, node('a', { value: 2 }), node('b'), node('new-theirs')];
    const mine = [tab, node('a', { name: 'A' }), node('b'), node('c'), node('new-mine')];
    const both = threeWay(base, theirs, mine);
    assert.deepEqual(both.conflicts, []);
    assert.deepEqual(both.merged(new Map()), [
      tab,
      node('a', { value: 2, name: 'A' }),
      node('b'),
      node('new-theirs'),
      node('new-mine'),
    ]);
  });

  it('wait for a choice where both changed one property, and then follow it', () => {
    const [base, theirs, mine] = [1, 2, 3].map((value) => [tab, node('a', { value, name: 'Limit' })]);
    assert.ok(base && theirs && mine);
    const both = threeWay(base, theirs, mine);
    assert.deepEqual(
      both.conflicts.map(({ name, property, base: b, theirs: t, mine: m }) => [name, property, b, t, m]),
      [['Limit', 'value', 1, 2, 3]],
    );
    assert.throws(() => both.merged(new Map()), RangeError);
    assert.deepEqual(both.merged(all('theirs', both.conflicts)), theirs);
    assert.deepEqual(both.merged(all('mine', both.conflicts)), mine);
  });

  it('that are the same are one change', () => {
    const after = [tab, node('a', { value: 2 })];
    const both = threeWay([tab, node('a')], after, after);
    assert.deepEqual([both.conflicts, both.merged(new Map())], [[], after]);
  });

  it('wait for a choice where one removed what the other changed', () => {
    const both = threeWay([tab, node('a')], [tab], [tab, node('a', { value: 2 })]);
    assert.deepEqual(
      both.conflicts.map(({ node: id, property }) => [id, property]),
      [['a', null]],
    );
    assert.deepEqual(ids(both.merged(all('theirs', both.conflicts))), ['tab']);
    assert.deepEqual(ids(both.merged(all('mine', both.conflicts))), ['tab', 'a']);
  });

  it('wait for a choice where one removed a tab in which the other worked', () => {
    const both = threeWay([tab, node('a')], [], [tab, node('a'), node('b')]);
    assert.deepEqual(
      both.conflicts.map(({ node: id }) => id),
      ['tab'],
    );
    assert.deepEqual(both.merged(all('theirs', both.conflicts)), []);
    assert.deepEqual(ids(both.merged(all('mine', both.conflicts))), ['tab', 'b']);
  });

  it('leave no wire to what is gone', () => {
    const base = [tab, node('a', { wires: [['b']] }), node('b')];
    const both = threeWay(
      base,
      [tab, node('a', { wires: [[]] })],
      [tab, node('a', { wires: [['b']], value: 9 }), node('b')],
    );
    assert.deepEqual(both.conflicts, []);
    assert.deepEqual(both.merged(new Map()), [tab, node('a', { wires: [[]], value: 9 })]);
  });

  it('do not wait because something was moved', () => {
    const [base, theirs, mine] = [1, 2, 3].map((x) => [tab, node('a', { x })]);
    assert.ok(base && theirs && mine);
    const both = threeWay(base, theirs, mine);
    assert.deepEqual([both.conflicts, both.merged(new Map())], [[], mine]);
  });

  const flows = fc
    .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.record({ value: fc.nat(2), name: fc.constantFrom('x', 'y') }))
    .map((nodes): readonly FlowNode[] => [tab, ...Object.entries(nodes).map(([id, more]) => node(id, more))]);
  const content = (nodes: readonly FlowNode[]): ReadonlyMap<string, FlowNode> =>
    new Map(nodes.map((one) => [one.id, one]));

  it('lose nothing: who changes nothing gets what the other changed, whichever side that is', () => {
    fc.assert(
      fc.property(flows, flows, (base, after) => {
        for (const both of [threeWay(base, after, base), threeWay(base, base, after)]) {
          assert.deepEqual(both.conflicts, []);
          assert.deepEqual(content(both.merged(new Map())), content(after));
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('give each value that only one of them set, and of the others the one chosen', () => {
    fc.assert(
      fc.property(flows, flows, flows, (base, theirs, mine) => {
        const both = threeWay(base, theirs, mine);
        const [b, t, m] = [base, theirs, mine].map(content);
        for (const side of ['theirs', 'mine'] as const)
          for (const one of both.merged(all(side, both.conflicts))) {
            const [was, is, own] = [b?.get(one.id), t?.get(one.id), m?.get(one.id)];
            for (const property of ['value', 'name'])
              if (was && is && own) {
                const [x, y, z] = [was, is, own].map((of) => of[property]);
                const expected = y === x ? z : z === x ? y : side === 'mine' ? z : y;
                assert.equal(one[property], expected);
              }
          }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
