import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';
import { ItemBranches, type Branch, type Failure, type ItemResult, type Place } from '../../engine/index.ts';

const place = (id: string): Place => ({ id, type: 'test', name: `node ${id}` });
const failure = (failureClass: Failure['class'], code: string = failureClass): Failure => ({
  class: failureClass,
  code,
  text: 'It failed.',
});
const ended = (branch: Branch): Failure => ({
  ...failure('permanent', 'path-ended'),
  node: { ...place(branch.place.id), name: '' },
});
const rules = {
  nothingSettled: () => failure('permanent', 'nothing-settled'),
  tooMany: () => failure('permanent', 'too-many-branches'),
};

describe('counted branches', () => {
  let results: ItemResult[] = [];
  const item = (limit?: number): ItemBranches =>
    new ItemBranches(
      1,
      place('source'),
      0,
      limit === undefined ? rules : { ...rules, limit, limitPerMessage: 0 },
      (result) => results.push(result),
    );
  const child = (of: Branch, id: string): Branch => of.item.openChild(of, place(id), 1) ?? assert.fail('no branch');
  const outcome = (): ItemResult['outcome'] =>
    (results.length === 1 && results[0]?.outcome) || assert.fail('not ended once');
  beforeEach(() => {
    results = [];
  });

  it('end the item when the last one ends', () => {
    const { root } = item();
    const [a, b] = [child(root, 'a'), child(root, 'b')];
    root.item.complete(root, 2, ended);
    root.item.settle(a, { kind: 'done' }, 3);
    assert.equal(results.length, 0);
    root.item.settle(b, { kind: 'done' }, 4);
    assert.deepEqual(outcome(), { kind: 'done' });
    assert.deepEqual(
      results[0]?.trace.map(({ branch, parent, outcome, to }) => [branch, parent, outcome, to]),
      [
        ['0', null, 'forked', ['a', 'b'].map((node) => ({ node, port: null }))],
        ['1', '0', 'settled', []],
        ['2', '0', 'settled', []],
      ],
    );
  });

  it('have ids that are the same at every delivery, but for the attempt', () => {
    const { root } = item();
    assert.deepEqual([root.id, child(root, 'a').id, child(root, 'b').id], ['1.0', '1.1', '1.2']);
  });

  it('fail the item once, with what repeating cannot mend before what it can', () => {
    for (const [first, second, expected] of [
      ['transient', 'permanent', 'permanent'],
      ['throttled', 'ambiguous', 'ambiguous'],
      ['transient', 'throttled', 'transient'],
    ] as const) {
      results = [];
      const { root } = item();
      const [a, b] = [child(root, 'a'), child(root, 'b')];
      root.item.complete(root, 1, ended);
      root.item.settle(a, { kind: 'failed', failure: failure(first) }, 1);
      root.item.settle(b, { kind: 'failed', failure: failure(second) }, 1);
      const end = outcome();
      assert.equal(end.kind === 'failed' && end.failure.class, expected);
    }
  });

  it('count the first outcome of a branch and no later one', () => {
    const { root } = item();
    const a = child(root, 'a');
    assert.equal(root.item.settle(a, { kind: 'done' }, 1), true);
    assert.equal(root.item.settle(a, { kind: 'failed', failure: failure('permanent') }, 1), false);
    root.item.complete(a, 1, ended);
    root.item.complete(root, 1, ended);
    assert.deepEqual(outcome(), { kind: 'done' });
  });

  it('name the node where a path ended without anybody settling', () => {
    const { root } = item();
    const a = child(root, 'a');
    root.item.complete(root, 1, ended);
    root.item.complete(a, 1, ended);
    const end = outcome();
    assert.equal(end.kind === 'failed' && end.failure.node?.id, 'a');
  });

  it('do not call an item done when everything was absorbed and nothing settled', () => {
    const { root } = item();
    const a = child(root, 'a');
    root.item.complete(root, 1, ended);
    root.item.complete(a, 1, () => 'absorbed');
    const end = outcome();
    assert.equal(end.kind === 'failed' && end.failure.code, 'nothing-settled');
  });

  it('do not keep a failed item waiting for a node whose error was caught', () => {
    const { root } = item();
    const thrower = child(root, 'thrower');
    root.item.complete(root, 1, ended);
    const caught = child(thrower, 'catch');
    root.item.trouble(thrower, 1);
    assert.equal(results.length, 0);
    root.item.settle(caught, { kind: 'failed', failure: failure('transient') }, 1);
    assert.equal(outcome().kind, 'failed');
  });

  it('wait for a node whose error was caught and got over, until it says that it has finished', () => {
    const { root } = item();
    const thrower = child(root, 'thrower');
    root.item.complete(root, 1, ended);
    const caught = child(thrower, 'catch');
    root.item.trouble(thrower, 1);
    root.item.settle(caught, { kind: 'done' }, 1);
    assert.equal(results.length, 0);
    root.item.complete(thrower, 2, ended);
    assert.deepEqual(outcome(), { kind: 'done' });
  });

  it('may be more for each message that the source sends, and for none that comes later', () => {
    const { root } = new ItemBranches(1, place('source'), 0, { ...rules, limit: 1, limitPerMessage: 3 }, (result) =>
      results.push(result),
    );
    const [first] = [child(root, 'a'), child(root, 'b')];
    root.item.complete(root, 1, ended);
    let last = first ?? assert.fail();
    // A loop: six for the two messages and one more, three of which are there.
    for (let opened = 3; opened < 7; opened++) last = child(last, 'loop');
    assert.equal(root.item.openChild(last, place('loop'), 1), undefined);
  });

  it('open no more branches than the limit', () => {
    const { root } = item(3);
    const a = child(root, 'a');
    const b = child(root, 'b');
    assert.equal(root.item.openChild(root, place('c'), 1), undefined);
    root.item.complete(root, 1, ended);
    for (const branch of [a, b]) root.item.settle(branch, { kind: 'done' }, 1);
    const end = outcome();
    assert.equal(end.kind === 'failed' && end.failure.code, 'too-many-branches');
  });

  it('report nothing after they were dropped', () => {
    const { root } = item();
    const a = child(root, 'a');
    root.item.drop();
    assert.equal(root.item.settle(a, { kind: 'done' }, 1), false);
    root.item.complete(root, 1, ended);
    assert.equal(root.item.openChild(root, place('b'), 1), undefined);
    assert.equal(results.length, 0);
  });

  it('agree with a plain model, whatever happens in whatever order', () => {
    const step = fc.record({
      what: fc.constantFrom('open', 'complete', 'absorb', 'done', 'fail', 'trouble'),
      at: fc.nat(30),
      failureClass: fc.constantFrom<Failure['class']>('transient', 'ambiguous', 'permanent', 'throttled'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        results = [];
        const real = item();
        const branches: Branch[] = [real.root];
        const model = [{ open: true, troubled: false, children: 0 }];
        let settled = 0;
        let failures: string[] = [];
        let over = false;
        for (const { what, at, failureClass } of steps) {
          const index = at % branches.length;
          const branch = branches[index] ?? real.root;
          const state = model[index] ?? assert.fail();
          if (what === 'open') {
            const opened = real.openChild(branch, place(`n${branches.length}`), 1);
            assert.equal(opened === undefined, over);
            if (opened) {
              branches.push(opened);
              model.push({ open: true, troubled: false, children: 0 });
              state.children++;
            }
          } else {
            if (what === 'complete') real.complete(branch, 1, ended);
            if (what === 'absorb') real.complete(branch, 1, () => 'absorbed');
            if (what === 'done') real.settle(branch, { kind: 'done' }, 1);
            if (what === 'fail') real.settle(branch, { kind: 'failed', failure: failure(failureClass) }, 1);
            if (what === 'trouble') real.trouble(branch, 1);
            if (state.open && !over) {
              if (what === 'trouble') state.troubled = true;
              else state.open = false;
              if (what === 'done') settled++;
              if (what === 'fail') failures = [...failures, failureClass];
              if (what === 'complete' && state.children === 0) failures = [...failures, 'permanent'];
            }
          }
          const open = model.filter((one) => one.open);
          over ||= open.length === 0 || (failures.length > 0 && open.every((one) => one.troubled));
          assert.equal(results.length, over ? 1 : 0);
        }
        if (!over) return;
        const good = failures.length === 0 && settled > 0;
        const order = ['permanent', 'ambiguous', 'transient', 'throttled'];
        const end = outcome();
        assert.equal(end.kind, good ? 'done' : 'failed');
        if (end.kind === 'failed')
          assert.equal(end.failure.class, order.find((one) => failures.includes(one)) ?? 'permanent');
      }),
      { seed: 20260105, numRuns: 2000 },
    );
  });
});
